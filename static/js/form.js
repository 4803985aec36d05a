// Forms, helped: sent once, counted, not left by mistake, honest about the network. Bound by data-… only; without this
// script every form still posts. The sentences, in the page's language, are on this script's own tag.
(() => {
  const words = document.currentScript.dataset, lang = document.documentElement.lang
  const formOf = (element) => element.closest?.("form")
  const submits = (form) => form.querySelectorAll("button:not([type=button], [aria-describedby])")
  const lock = (form, on) => {
    form.toggleAttribute("data-sending", on)
    // Not `disabled`: the pressed button keeps its focus, and its name and value are sent.
    for (const button of submits(form)) on ? button.setAttribute("aria-disabled", true) : button.removeAttribute("aria-disabled")
  }
  const hush = () => document.querySelector("[data-said]")?.remove()
  const say = (source, sentence) => {
    if (source.matches("[data-saved]")) return void (source.querySelector("span").textContent = sentence)
    hush()
    const strip = Object.assign(document.createElement("p"), { className: "strip bad", textContent: sentence })
    strip.setAttribute("role", "alert")
    strip.dataset.said = ""
    const button = formOf(source) && submits(formOf(source))[0]
    button ? (button.closest("p") ?? button).before(strip) : document.querySelector("main").prepend(strip)
  }

  // On this device until the server has it: what is typed in a form with a draft, under a key that only its writer's
  // pages know. It comes back after a reload; published once, whatever the network and the taps; gone at the way out.
  const keyOf = (form) => form?.querySelector("[data-device]")?.dataset.device
  const stored = (use) => { try { return use(localStorage) } catch { return null } } // no room, or not allowed
  const kept = (key) => stored((device) => JSON.parse(device.getItem(key)))
  // What it says in words, and where, is for the page that is shown without a network (offline.js).
  const wordsOf = (form) => [...form.elements].filter((field) => field.matches("textarea, [type=text]") && field.value.trim())
    .map((field) => [field.labels?.[0]?.firstChild.textContent.trim() ?? "", field.value])
  const keep = (form, more) => keyOf(form) && stored((device) => (device.setItem(keyOf(form), JSON.stringify({
    fields: [...new FormData(form)], words: wordsOf(form), page: document.title, at: Date.now(), ...more })), true))
  const forget = (start) => stored((device) => Object.keys(device).filter((key) => key.startsWith(start)).forEach((key) => device.removeItem(key)))
  const tell = (form, sentence) => form.querySelector("[data-saved]") && say(form.querySelector("[data-saved]"), sentence)
  const fill = (form, fields) => {
    const left = [...fields]
    for (const field of form.elements) {
      if (!field.name || field.matches("button")) continue
      if (field.matches("[type=radio], [type=checkbox]")) field.checked = fields.some(([name, value]) => name === field.name && value === field.value)
      const at = left.findIndex(([name, value]) => name === field.name && (!field.matches("[type=radio], [type=checkbox]") || value === field.value))
      const [found] = at < 0 ? [] : left.splice(at, 1)
      if (found && !field.matches("[type=radio], [type=checkbox]")) field.value = found[1]
    }
    form.closest("details")?.setAttribute("open", "")
    // A box that the page no longer has: its words are shown all the same.
    for (const [name, value] of left) if (value.trim?.())
      form.querySelector("[data-saved]")?.before(Object.assign(document.createElement("textarea"), { name, value, className: "input", ariaLabel: words.back }))
  }
  const publish = async (form) => {
    lock(form, true)
    if (!keep(form, { pending: true })) return form.submit()
    try {
      const { type } = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" })
      type === "opaqueredirect" ? forget(keyOf(form)) : keep(form, { answered: true })
      form.removeAttribute("data-unsent")
      form.submit() // the same key: done once, and the browser draws what the server answers
    } catch {
      tell(form, words.pending)
      setTimeout(() => form.isConnected && publish(form), 5000)
    }
  }
  addEventListener("load", () => document.querySelectorAll("[data-device]").forEach(({ form }) => {
    const found = kept(keyOf(form))
    if (!found) return
    if (found.answered && document.querySelector(".sumup, [data-answered]")) return forget(keyOf(form)) // it is on the page, to be corrected
    if (found.saving && ["brouillon", "paragraphe-rendu"].includes(new URLSearchParams(location.search).get("fait"))) return forget(keyOf(form)) // the server says that it has it
    fill(form, found.fields)
    form.dataset.unsent = ""
    if (found.pending) return publish(form)
    tell(form, words.back)
    setTimeout(() => form.dispatchEvent(new Event("input", { bubbles: true })), 1000) // once htmx listens
  }))
  addEventListener("online", () => document.querySelectorAll("[data-device]").forEach(({ form }) =>
    kept(keyOf(form)) && !form.hasAttribute("data-sending") && form.dispatchEvent(new Event("input", { bubbles: true }))))

  // Sent once: a second press while the first is on its way does nothing.
  addEventListener("submit", (event) => {
    const form = event.target
    if (form.getAttribute("method") !== "post") return
    if (form.hasAttribute("data-sending")) return event.preventDefault(), event.stopImmediatePropagation()
    if (form.dataset.forget) forget(form.dataset.forget)
    if (keyOf(form)) {
      if (!event.submitter?.hasAttribute("formaction")) {
        // The pressed button may say what is asked: it is sent by the script too.
        if (event.submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value }))
        return event.preventDefault(), publish(form)
      }
      if (!navigator.onLine) return event.preventDefault(), keep(form), tell(form, words.kept)
      keep(form, { saving: true })
    }
    form.removeAttribute("data-unsent")
    setTimeout(() => lock(form, true)) // once the browser has read the form
    setTimeout(() => lock(form, false), 15000)
  }, true)
  addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form").forEach((form) => lock(form, false)))

  addEventListener("input", ({ target }) => {
    const form = formOf(target)
    if (form?.matches("[data-guard]")) form.dataset.unsent = ""
    const sending = form?.hasAttribute("data-sending")
    if (form && keep(form, { pending: sending }) && !navigator.onLine && !sending) tell(form, words.kept)
    const counter = target.dataset?.most && document.getElementById(`${target.id}-c`)
    if (!counter) return
    const n = [...target.value.trim()].length // characters as the server counts them
    counter.textContent = counter.dataset.sentence.replace("{n}", n.toLocaleString(document.documentElement.lang))
    counter.classList.toggle("over", n > target.dataset.most)
  })

  // Not left by mistake: what was typed in a form marked data-guard, or came back with something to correct.
  document.querySelectorAll("form[data-guard]").forEach((form) => form.querySelector(".has-err") && (form.dataset.unsent = ""))
  addEventListener("beforeunload", (event) => document.querySelector("form[data-unsent]") && event.preventDefault())

  // When htmx sends: what the server refuses is said in its words, beside the button; the page stays as it is.
  addEventListener("htmx:after:request", ({ target, detail }) => {
    hush()
    if (!target.matches("[data-saved]") || detail.ctx.response.status >= 400) return
    formOf(target)?.removeAttribute("data-unsent")
    if (formOf(target)?.hasAttribute("data-sending")) return
    forget(keyOf(formOf(target)) ?? "\0")
    const hour = new Date().toLocaleTimeString(lang, { hour: "numeric", minute: "2-digit" })
    say(target, words.saved.replace("{hour}", lang === "en" ? hour : hour.replace(":", "\u00a0h\u00a0")))
  })
  addEventListener("htmx:response:error", ({ target, detail: { ctx } }) => ctx.response.status === 422 ||
    say(target, new DOMParser().parseFromString(ctx.text, "text/html").querySelector("[data-reason]")?.textContent ?? words.broken))
  addEventListener("htmx:error", ({ target }) => say(target, keep(formOf(target)) ? words.kept : words.offline))
  addEventListener("htmx:finally:request", ({ target }) => formOf(target) && lock(formOf(target), false))
})()
