export { startRtmpServer, type RtmpServer } from './rtmp/server'
export type { AcceptPublish, Behaviour, Ending, ServeFile } from './rtmp/behaviour'
export type { Connection, ReceivedTag } from './rtmp/connection'
export { parseFlv, tagInfo, writeFlv, type FlvTag, type TagInfo } from './rtmp/flv'
