// Ballots, sent without a name: every request that holds a choice goes without a cookie. Another, that holds none, says
// who votes and takes a token which the server signs without reading it (RFC 9497). Without this script the form posts.
(() => {
  if (!AbortSignal.timeout) return // a browser of before 2022 takes the other way
  const { module, place, ...words } = document.currentScript.dataset
  const main = document.querySelector("main")
  const shared = main.querySelector("template[data-shared]")
  const key = main.querySelector("[data-key]")?.dataset.key // in the page of somebody: it must be that of everybody
  const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // as in voting/envelopes.py
  const ascii = (text) => new TextEncoder().encode(text)
  const octets = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16))
  const hex = (octets) => Array.from(octets, (one) => one.toString(16).padStart(2, "0")).join("")
  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html")

  // On this device until « recorded » is told: her vote key and her token, never a choice; forgotten as words not sent
  // are (device.js: a date, and no words to show without a network).
  const stored = (use) => { try { return place && use(localStorage) } catch { return null } } // no room, or not allowed
  let pass = stored((device) => JSON.parse(device.getItem(place)))
  const keep = (found) => {
    pass = found
    const kept = JSON.stringify({ ...found, at: Date.now(), words: [] })
    stored((device) => found ? device.setItem(place, kept) : device.removeItem(place))
  }

  const post = (address, fields, more) =>
    fetch(address, { method: "POST", body: new URLSearchParams(fields), signal: AbortSignal.timeout(30000), ...more })
  const alone = (form, fields) => post(form.dataset.alone, fields,
    { credentials: "omit", headers: { "accept-language": document.documentElement.lang } })

  const take = async (form) => {
    const { voprf } = await import(module)
    if (!pass) {
      const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => SIGNS[one & 31]).join("")
      const { blind, blinded } = voprf.blind(ascii(key))
      keep({ key, blind: hex(blind), blinded: hex(blinded) })
    }
    if (pass.token) return
    const answer = await post(form.dataset.token, { aveugle: pass.blinded })
    if (answer.status === 401) throw words.out
    if (answer.status === 403) keep(null)
    if (!answer.ok) throw (await parse(answer)).querySelector("[data-reason]")?.textContent ?? words.broken
    const { element, proof } = await answer.json()
    try {
      const token = voprf.finalize(ascii(pass.key), octets(pass.blind), octets(element), octets(pass.blinded), octets(key), octets(proof))
      keep({ key: pass.key, token: hex(token) })
    } catch { throw words.unproven }
  }

  // One press of a button: the page that follows it, drawn for nobody.
  const send = async (form, button) => {
    const fields = [...new FormData(form)].filter(([name]) => name !== "bulletin" && name !== "sceau")
    if (button?.name) fields.push([button.name, button.value])
    let answer = await alone(form, fields)
    let page = await parse(answer)
    if (button?.name === "depot" && form.dataset.token && answer.ok) { // whole, and in time: it may go into the box
      if (page.querySelector("[data-key]")?.dataset.key !== key) throw words.unproven
      await take(form)
      answer = await alone(form, [...fields, ["bulletin", pass.key], ["jeton", pass.token]])
      page = await parse(answer)
      if (answer.ok) keep(null)
    }
    const refused = page.querySelector("[data-reason]")
    if (refused) throw refused.textContent
    if (answer.status >= 500 || !page.querySelector("main")) throw words.broken
    return page
  }

  const say = (form, sentence) => {
    const strip = Object.assign(document.createElement("p"), { className: "strip bad", textContent: sentence })
    strip.setAttribute("role", "alert")
    strip.dataset.said = ""
    const button = form.querySelector("button:not(.unseen, .ranks button)") // not those that move a rank
    ;(button.closest("p") ?? button).before(strip)
  }
  const former = []
  const draw = (page) => {
    const steps = page.querySelector("[data-key], [data-step]") // on the way: « back » finds her answers as they were
    steps ? former.push([...main.childNodes]) : former.splice(0)
    if (former.length === 1) history.pushState(null, "")
    document.title = page.title
    main.replaceChildren(...page.querySelector("main").childNodes)
    if (shared) main.querySelector("[data-next]")?.append(shared.content.cloneNode(true))
    ready()
    scrollTo(0, 0)
    const first = main.querySelector("[autofocus]") ?? main.querySelector("h1")
    if (first.matches("h1")) first.tabIndex = -1
    first.focus()
  }
  addEventListener("popstate", () => former.length ? (main.replaceChildren(...former.pop()), ready()) : location.reload())

  const ready = () => {
    main.querySelectorAll("[data-together]").forEach((one) => one.remove())
    main.querySelectorAll(`[data-apart]${pass ? ", [data-resume]" : ""}`).forEach((one) => (one.hidden = false))
  }
  let sending = false
  main.addEventListener("submit", async (event) => {
    const form = event.target
    if (!form.dataset.alone) return
    event.preventDefault()
    if (sending) return
    sending = true
    main.querySelector("[data-said]")?.remove()
    event.submitter?.setAttribute("aria-disabled", true)
    try { draw(await send(form, event.submitter)) }
    catch (error) { say(form, typeof error === "string" ? error : words.offline) }
    event.submitter?.removeAttribute("aria-disabled")
    sending = false
  })
  main.addEventListener("change", () => import(module).catch(() => {}), { once: true })
  ready()
})()
