export { nearestName } from './nearest-name.js';
export { readSettings, SettingsError } from './read-settings.js';
export type { App, Setting, SettingType } from './setting.js';
export { SETTINGS, type SettingsOf } from './settings.js';
export { settingsPage } from './settings-page.js';
