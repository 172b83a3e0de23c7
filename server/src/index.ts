/** rxgst-server: what `rxgst serve` is made of. */
export { configSchema, type ChannelConfig, type Config, type ServerConfig } from './core/schema.js'
