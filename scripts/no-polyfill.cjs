/** Stands in for web-streams-polyfill, which fetch-blob asks for only where Node has no web streams. */
module.exports = {};
