// Forms, helped: sent once, counted, not left by mistake, and honest about the network. Works on [data-…] only;
// without this script every form still posts. The sentences are in the page's language, on this script's own tag.
(() => {
  const words = document.currentScript.dataset
  const formOf = (element) => element.closest?.("form")
  const lock = (form, on) => {
    form.toggleAttribute("data-sending", on)
    // Not `disabled`: the pressed button's name and value must be sent, and its focus kept.
    for (const button of form.querySelectorAll("button:not([type=button], [aria-describedby])")) {
      on ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled")
    }
  }
  const unlockAll = () => document.querySelectorAll("form[data-sending]").forEach((form) => lock(form, false))
  const say = (source, sentence) => {
    const form = formOf(source)
    const saved = form?.querySelector("[data-saved] span")
    if (saved && source.matches("[data-saved]")) return void (saved.textContent = sentence)
    document.querySelector("[data-said]")?.remove()
    const strip = Object.assign(document.createElement("p"), { className: "strip bad", textContent: sentence })
    strip.setAttribute("data-said", "")
    strip.setAttribute("role", "alert")
    const button = form?.querySelector("button:not([type=button])")
    button ? (button.closest("p") ?? button).before(strip) : document.querySelector("main").prepend(strip)
  }

  // Sent once: a second press while the first is on its way does nothing.
  addEventListener("submit", (event) => {
    const form = event.target
    if (form.method !== "post") return
    if (form.hasAttribute("data-sending")) return event.preventDefault(), event.stopImmediatePropagation()
    form.removeAttribute("data-unsent")
    setTimeout(() => lock(form, true))  // after the browser has read the form
    setTimeout(() => lock(form, false), 15000)
  }, true)
  addEventListener("pageshow", (event) => event.persisted && unlockAll())

  // Counted as one types.
  addEventListener("input", ({ target }) => {
    formOf(target)?.matches("[data-guard]") && formOf(target).setAttribute("data-unsent", "")
    const counter = target.dataset.most && document.getElementById(`${target.id}-c`)
    if (!counter) return
    const n = [...target.value.trim()].length
    counter.textContent = counter.dataset.sentence.replace("{n}", n).replace("{most}", target.dataset.most)
    counter.classList.toggle("over", n > target.dataset.most)
  })

  // Not left by mistake: forms marked data-guard, and forms that came back with something to correct.
  document.querySelectorAll("form[data-guard]:has(.has-err)").forEach((form) => form.setAttribute("data-unsent", ""))
  addEventListener("beforeunload", (event) => document.querySelector("form[data-unsent]") && event.preventDefault())

  // Honest about the network, when htmx sends.
  addEventListener("htmx:after:request", ({ target, detail }) => {
    document.querySelector("[data-said]")?.remove()
    if (!target.matches("[data-saved]") || detail.ctx.response.status >= 400) return
    formOf(target)?.removeAttribute("data-unsent")
    const hour = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" })
    say(target, words.saved.replace("{hour}", document.documentElement.lang === "en" ? hour : hour.replace(":", "\u00a0h\u00a0")))
  })
  addEventListener("htmx:response:error", ({ target, detail: { ctx } }) => {
    if (ctx.response.status === 422) return  // the form itself says what to correct
    const page = new DOMParser().parseFromString(ctx.text, "text/html")
    say(target, page.querySelector("[data-reason]")?.textContent ?? words.broken)
  })
  addEventListener("htmx:error", ({ target }) => say(target, words.offline))
  addEventListener("htmx:finally:request", ({ target }) => formOf(target) && lock(formOf(target), false))
})()
