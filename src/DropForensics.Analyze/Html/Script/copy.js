// A button at each command that puts it on the clipboard; where the browser denies that, the command is selected to be copied by hand.
for (const command of document.querySelectorAll(".command")) {
  const button = document.createElement("button"), text = command.textContent;
  [button.type, button.textContent] = ["button", "Copy"];
  button.setAttribute("aria-label", `Copy ${text}`);
  command.classList.add("copies");
  command.append(button);
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    if (!copied) getSelection().selectAllChildren(command);
    button.textContent = copied ? "Copied" : "Selected";
    button.addEventListener("blur", () => { button.textContent = "Copy"; }, { once: true });
  });
}

// A link to what is folded opens it.
function unfold() {
  const target = /^#[\w.-]+$/.test(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
  const folded = target?.querySelector(":scope > details") ?? target?.closest("details");
  if (folded && !folded.open) {
    folded.open = true;
    target.scrollIntoView();
  }
}

addEventListener("hashchange", unfold);
unfold();
