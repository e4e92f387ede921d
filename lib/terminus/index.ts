export { DocSpaceHealthIndicator, type DocSpaceHealthOptions } from './docspace-health-indicator.js';
