/** node-fetch as a file of its own, so that it can be loaded late. */
export { default as fetch } from 'node-fetch';
