// The page inside LINE: gets LINE's ID token of whoever has opened it and posts it to the server, which asks LINE
// whose it is. Without LINE's script, or when it fails, the page keeps saying what else can be done.

const form = document.getElementById("enter");
const waiting = document.getElementById("wait");
const failed = document.getElementById("failed");

/** Shows either that LINE is asked, or what to do instead. */
function tell(isWaiting) {
  waiting.hidden = !isWaiting;
  failed.hidden = isWaiting;
}

async function enter() {
  if (typeof liff === "undefined") return;
  tell(true);
  await liff.init({ liffId: form.dataset.liff });
  const claims = liff.isLoggedIn() ? liff.getDecodedIDToken() : null;
  // In a browser outside LINE an old token may still lie about: LINE takes it no more.
  const isOver = claims && claims.exp * 1000 < Date.now() + 60_000;
  if (!claims || isOver) {
    if (isOver) liff.logout();
    liff.login({ redirectUri: location.href });
    return;
  }
  form.elements.id_token.value = liff.getIDToken();
  form.submit();
}

enter().catch(() => tell(false));
