import { defineConfig } from 'vite'

// The page is served by the node itself, from any path, and asks for nothing outside its origin.
const server = process.env.MIHARI_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  base: './',
  build: {
    outDir: '../src/mihari/face/page',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
})
