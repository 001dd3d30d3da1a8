# Every command that a person types. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

.PHONY: help demo build test unit lint browser bench soak figures image-steps clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## Build, start the sample city with a double of LINE, and print the address to open
	@cargo build --locked --profile demo
	@exec target/demo/todoke demo

build: ## Build the release binary, target/release/todoke
	cargo build --locked --release

test: lint unit browser ## Everything that must pass before a merge (installs chromium and fonts where it may)

unit: ## Unit, store, architecture, integration and kill tests
	cargo test --locked

lint: ## Formatting, clippy, the sample city's intent files
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo run --locked --quiet -- intents check

browser: ## The demo in Debian's chromium: journeys, keyboard, phone width, accessibility
	cargo build --locked --profile demo
	TODOKE_BIN=$(CURDIR)/target/demo/todoke scripts/browser-tests.sh

bench: ## Print figures beside this machine's limits, from the same run (about twenty minutes)
	cargo bench --locked --bench bench

soak: ## The long form of kill tests and announcements: 250 times SIGKILL, 200 sends to 20,000, 200 cancels (about an hour)
	TODOKE_TEST_KILLS=250 TODOKE_TEST_CAMPAIGNS=200 cargo test --locked --test kill -- --nocapture
	TODOKE_TEST_RACES=200 TODOKE_TEST_SENDS=200 cargo test --locked --test it -- announcements --nocapture

figures: ## Print how often the forecast was right, on histories whose future is known (some minutes)
	TODOKE_TEST_HISTORIES=600 cargo test --locked --lib -- --nocapture four_of_five

image-steps: ## The Dockerfile's steps without a container engine, ending in its health check
	scripts/image-steps.sh

clean: ## Remove everything that was built
	cargo clean
	rm -rf node_modules
