/** What stands at `/` until the dashboard does. */
export const homePage = (version: string, providers: readonly string[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Leadline</title><link rel="icon" href="data:,">
<style>
:root{color-scheme:light dark;--ink:#16202c;--paper:#fbfaf7;--soft:#5b6675;--line:#dcd8cd;--mark:#0b6e4f}
@media (prefers-color-scheme:dark){:root{--ink:#e9ecef;--paper:#12161b;--soft:#9aa5b1;--line:#2b333c;--mark:#5fd3a6}}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 system-ui,sans-serif}
main{max-width:44rem;margin:0 auto;padding:4rem 1.5rem}
h1{font-size:2.6rem;letter-spacing:-.03em;margin:0}h1 span{color:var(--mark)}
p.lead{font-size:1.2rem;color:var(--soft);margin:.4rem 0 2.5rem}
dl{border-top:1px solid var(--line);margin:0}dl div{display:flex;gap:1.5rem;padding:.8rem 0;border-bottom:1px solid var(--line)}
dt{flex:0 0 15rem}dd{margin:0;color:var(--soft)}a{color:var(--mark);text-decoration:none}a,code{font-family:ui-monospace,monospace;font-size:.95rem}a:hover{text-decoration:underline}
footer{margin-top:2.5rem;color:var(--soft);font-size:.9rem}
</style></head><body><main>
<h1>lead<span>line</span></h1>
<p class="lead">A goal in plain words becomes leads, each with the page that proves it.</p>
<dl>
<div><dt><a href="/graphiql">/graphiql</a></dt><dd>Playground: write queries and watch subscriptions.</dd></div>
<div><dt><code>/graphql</code></dt><dd>The API, over HTTP and WebSocket (graphql-transport-ws).</dd></div>
${providers.map((name) => `<div><dt><a href="/auth/${name}">/auth/${name}</a></dt><dd>Sign in with ${name === 'github' ? 'GitHub' : 'Google'}; ends with a code for exchangeOAuthCode.</dd></div>
`).join('')}<div><dt><a href="/health/ready">/health/ready</a></dt><dd>Whether this process can do its work.</dd></div>
<div><dt><a href="/metrics">/metrics</a></dt><dd>Figures for Prometheus.</dd></div>
<div><dt><a href="/.well-known/jwks.json">/.well-known/jwks.json</a></dt><dd>Public keys of the access tokens.</dd></div>
</dl>
<footer>Version ${version}. Found, never guessed; explained, never blended; resumable, never lost.</footer>
</main></body></html>
`;
