// The live page: one socket, which brings the session cookie along.
import { io } from '/socket.io/socket.io.esm.min.js';

const { document } = globalThis;
const connection = document.querySelector('#connection');
const said = document.querySelector('#said');
const text = document.querySelector('#text');

/** What the library tells of a refusal. */
const reasonOf = ({ statusCode, reason, code }) => `${statusCode} ${reason ?? code}`;

const socket = io({ transports: ['websocket'] });
let refusal;

socket.on('connect', () => {
  connection.textContent = 'open';
});
// The server answers a refused handshake with a body; without one it was not reached, and is tried again.
socket.on('connect_error', ({ data }) => {
  connection.textContent = data ? `refused (${reasonOf(data)})` : 'not reached; trying again';
});
socket.on('exception', (body) => {
  refusal = reasonOf(body);
  connection.textContent = `open, but the message was refused (${refusal})`;
});
socket.on('disconnect', (why) => {
  connection.textContent = why === 'io server disconnect' ? `closed by the server (${refusal})` : 'lost; trying again';
});
socket.on('said', (sentence) => {
  said.append(Object.assign(document.createElement('p'), { textContent: sentence }));
});

document.querySelector('#say').addEventListener('submit', (event) => {
  event.preventDefault();
  socket.emit('say', text.value);
  text.value = '';
});
document.querySelector('[data-unscripted]').remove();
document.querySelector('[data-scripted]').hidden = false;
