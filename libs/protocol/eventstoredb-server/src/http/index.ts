export { httpListener } from './http-listener.js';
export { httpRoutes } from './http-routes.js';
