// A double of a city's single sign-on, in the test's own process: a page on which somebody signs in or cancels, codes
// with PKCE, and ID tokens signed by RS256. And the real server that uses it.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHash, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as listen } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { PROJECT } from "./support.js";

const BINARY = resolve(PROJECT, process.env.TODOKE_BIN || "target/demo/todoke");
const CLIENT = "todoke-console", SECRET = "canary-oidc-secret";
const START_MS = 30_000;

const text = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const seconds = () => Math.floor(Date.now() / 1000);

/** Starts a provider on loopback. Whoever presses its button is `provider.person`. */
export async function startProvider() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const codes = new Map();
  const provider = { person: "sub-hanako", asked: [], referrers: [] };
  const page = (query) => `<!doctype html><html lang="ja"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>市の共通ログイン（試験）</title></head>
    <body><main><h1>市の共通ログイン（試験）</h1><p><a href="/allow?${query}">ログインする</a></p><p><a href="/deny?${query}">やめる</a></p></main></body></html>`;
  const token = (asked) => {
    const claims = {
      iss: provider.url, aud: CLIENT, sub: provider.person, nonce: asked.get("nonce"), iat: seconds(), exp: seconds() + 300, auth_time: seconds(),
    };
    const signed = `${text({ alg: "RS256", typ: "JWT", kid: "one" })}.${text(claims)}`;
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey).toString("base64url")}`;
  };
  const redeem = (form, authorization) => {
    const asked = codes.get(form.get("code"));
    codes.delete(form.get("code"));
    const isTodoke = authorization === `Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString("base64")}`;
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    if (!isTodoke) return [401, { error: "invalid_client" }];
    if (challenge !== asked?.get("code_challenge")) return [400, { error: "invalid_grant" }];
    return [200, { access_token: "unused", token_type: "Bearer", id_token: token(asked) }];
  };
  const answer = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, provider.url);
    const json = (status, value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const back = (more) => {
      const query = new URLSearchParams({ ...more, state: searchParams.get("state") });
      response.writeHead(302, { location: `${searchParams.get("redirect_uri")}?${query}` }).end();
    };
    if (pathname === "/.well-known/openid-configuration") {
      return json(200, {
        issuer: provider.url, authorization_endpoint: `${provider.url}/authorize`, token_endpoint: `${provider.url}/token`, jwks_uri: `${provider.url}/keys`,
        response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256"],
      });
    }
    if (pathname === "/keys") return json(200, { keys: [{ ...publicKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "one" }] });
    if (pathname === "/authorize") {
      provider.asked.push(searchParams);
      provider.referrers.push(request.headers.referer);
      return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(searchParams));
    }
    if (pathname === "/deny") return back({ error: "access_denied" });
    if (pathname === "/allow") {
      const code = randomUUID();
      codes.set(code, searchParams);
      return back({ code });
    }
    if (pathname === "/token") {
      const parts = [];
      for await (const part of request) parts.push(part);
      return json(...redeem(new URLSearchParams(Buffer.concat(parts).toString()), request.headers.authorization));
    }
    return response.writeHead(404).end();
  };
  const server = createServer((request, response) => answer(request, response).catch((error) => response.writeHead(500).end(String(error))));
  await once(server.listen(0, "127.0.0.1"), "listening");
  provider.url = `http://127.0.0.1:${server.address().port}`;
  provider.stop = () => { server.closeAllConnections(); server.close(); };
  return provider;
}

async function freePort() {
  const server = listen();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts `todoke serve` with the sample city, its console at a name, and this provider. */
export async function startServer(provider) {
  const folder = await mkdtemp(join(tmpdir(), "todoke-sign-on-"));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const env = {
    ...process.env,
    TODOKE_SERVER__LISTEN: `127.0.0.1:${port}`, TODOKE_CONSOLE__PUBLIC_URL: origin,
    TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET: "secret-of-a-test", TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN: "token-of-a-test",
    // Nobody of LINE is called.
    TODOKE_LINE__API_BASE: provider.url, TODOKE_INTENTS__WRITE_BACK: "false",
    TODOKE_OIDC__ISSUER: provider.url, TODOKE_OIDC__CLIENT_ID: CLIENT, TODOKE_OIDC__CLIENT_SECRET: SECRET,
    TODOKE_OIDC__LABEL_JA: "市の共通ログイン", TODOKE_OIDC__LABEL_EN: "City sign-on",
  };
  const data = join(folder, "data");
  const server = spawn(BINARY, ["serve", "--data", data], { cwd: PROJECT, env, stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(server, "exit");
  const lines = createInterface(server.stderr);
  let said = "";
  const isReady = new Promise((ready) => lines.on("line", (line) => { said += `${line}\n`; if (line.includes("todoke is ready")) ready(true); }));
  const late = new Promise((done) => setTimeout(done, START_MS, false).unref());
  if (!(await Promise.race([isReady, late, ended.then(() => false)]))) {
    server.kill("SIGKILL");
    throw new Error(`${BINARY} serve is not ready; it said:\n${said}`);
  }
  /** Somebody new; gives the link of the invitation. */
  const invite = async (login, role) => {
    const { stdout } = await promisify(execFile)(
      BINARY, ["staff", "add", "--data", data, "--account", "todoke", "--login", login, "--name", "鈴木 花子", "--role", role], { cwd: PROJECT, env },
    );
    return stdout.match(/http:\/\/\S+\/console\/-\/invitations\/[0-9a-f]{64}/)[0];
  };
  const stop = async () => {
    server.kill("SIGTERM");
    const [code] = await ended;
    await rm(folder, { recursive: true, force: true });
    assert.equal(code, 0, `the server ends cleanly on SIGTERM; it said:\n${said}`);
    assert.ok(!said.includes("canary"), "no secret in the log");
  };
  return { origin, invite, stop };
}
