// Ties a button to the library's script for security keys. What it works on stands in the page: data-key-form says
// what to do (addForm, authenticateForm), data-credential which field takes the key's answer, #js_data the question.
'use strict'
for (const button of document.querySelectorAll('[data-key-form]')) {
  const ids = { add: button.id, authenticate: button.id, credential: button.dataset.credential, data: 'js_data' }
  window.allauth.webauthn.forms[button.dataset.keyForm]({ ids })
}
// The browser or the person said no: say so, instead of nothing at all.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const fault = document.getElementById('key-fault')
  fault.hidden = false
  fault.focus()
})
