// What makes the pages nicer where scripts run; without, everything works all the same.
const { document } = globalThis;

/** Counts down to the end of a code, and says when it has come. */
function countDown(element) {
  const until = Date.parse(element.dataset.until);
  const timer = globalThis.setInterval(show, 1000);
  function show() {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds > 0) {
      element.textContent = `good for another ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} minutes`;
      return;
    }
    globalThis.clearInterval(timer);
    element.textContent = 'no longer good: send another';
    element.setAttribute('role', 'status');
  }
  show();
}

/** A form that is on its way is not sent again; coming back by the back button makes it usable. */
function sendOnce(form) {
  let isSent = false;
  form.addEventListener('submit', (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  globalThis.addEventListener('pageshow', () => {
    isSent = false;
  });
}

document.querySelectorAll('[data-until]').forEach(countDown);
document.querySelectorAll('form').forEach(sendOnce);
