# Two stages: the first builds, the second holds the binary and the files that the city edits.
# `make image-steps` runs the same steps without a container engine.

FROM rust:1-bookworm AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock rust-toolchain.toml ./
COPY src src
COPY benches benches
COPY assets assets
COPY templates templates
COPY config config
COPY intents intents
RUN cargo build --locked --release --bin todoke

FROM debian:bookworm-slim
# LINE is called over TLS.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /srv/todoke --create-home todoke \
 && install -d -o todoke -g todoke -m 700 /srv/todoke/data
COPY --from=build /build/target/release/todoke /usr/local/bin/todoke
COPY config/accounts /srv/todoke/config/accounts
COPY config/menus /srv/todoke/config/menus
COPY intents /srv/todoke/intents
USER todoke
WORKDIR /srv/todoke
ENV TODOKE_SERVER__LISTEN=0.0.0.0:8080
VOLUME /srv/todoke/data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["todoke", "healthcheck"]
# The server drains for up to 20 seconds after SIGTERM; give the container at least 30 to stop.
STOPSIGNAL SIGTERM
ENTRYPOINT ["todoke"]
CMD ["serve"]
