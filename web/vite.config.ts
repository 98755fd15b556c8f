import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// `npm run dev` serves the sources and sends everything else to a server: WHARF_URL, or the default one.
const server = process.env.WHARF_URL ?? 'http://127.0.0.1:8080';
const proxied = ['/api/', '/config', '/csrf_token', '/v2/', '/oauth/', '/confirm', '/openapi.json', '/ui/'];

export default defineConfig(({ command }) => ({
  base: command === 'build' ? '/ui/' : '/',
  plugins: [react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
    copyPublicDir: false,
  },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, { target: server }])) },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node' },
}));
