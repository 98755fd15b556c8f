export { MySettings as default } from './UserPage';
