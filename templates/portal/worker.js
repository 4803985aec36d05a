// Without a network, one page of ours in the place of the browser's own. It is all that is kept, with what it needs, and
// was asked for by nobody: no page, no answer, nothing of a person is. Each page is fetched first, as if this did not exist.
const KEPT = "hors-ligne-{{ kept }}", PAGE = "{{ url('portal.offline', query={'langue': visit.language}) }}"
const NEEDED = [{{ static('css/convention.css')|tojson }}, {{ static('js/offline.js')|tojson }}]

addEventListener("install", (event) => event.waitUntil((async () => {
  const asked = [PAGE, ...NEEDED].map((address) => new Request(address, { credentials: "omit" }))
  await (await caches.open(KEPT)).addAll(asked)
  await skipWaiting()
})()))

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name)
  await registration.navigationPreload?.enable() // the page is asked for while this wakes up
  await clients.claim()
})()))

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname, search } = new URL(request.url)
  if (origin !== location.origin || request.method !== "GET") return
  // Their addresses change with what they hold: kept ones are never stale.
  if (NEEDED.includes(pathname + search)) return event.respondWith(caches.match(request, { ignoreVary: true }).then((found) => found ?? fetch(request)))
  if (request.mode === "navigate") event.respondWith((async () => {
    try {
      return (await event.preloadResponse) ?? (await fetch(request))
    } catch (gone) {
      // Nothing of a ballot is kept, and no page must say that it is: there, the browser says that the network is gone.
      if (pathname.startsWith("/scrutins")) throw gone
      return caches.match(PAGE, { ignoreVary: true })
    }
  })())
})
