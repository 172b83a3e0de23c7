/** Every way to a server. 'auto' is the first. */
export const TRANSPORTS = ['rxrtmp', 'rtmp2', 'librtmp'] as const
