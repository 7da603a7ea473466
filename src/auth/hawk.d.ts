/** The part of the hawk package that is used here (it ships no types; Buffers are right where its docs say string). */
declare module 'hawk' {
  export interface Credentials {
    id: string
    key: string
    algorithm: 'sha1' | 'sha256'
  }
  interface RequestLike {
    method: string
    url: string
    host: string
    port: number
    authorization?: string | undefined
    contentType?: string | undefined
  }
  interface AuthenticateOptions {
    payload?: Buffer
    timestampSkewSec?: number
    localtimeOffsetMsec?: number
    nonceFunc?: (key: string, nonce: string, ts: string) => void | Promise<void>
  }
  export interface Artifacts {
    id: string
    nonce: string
    ts: string
    hash?: string
  }
  const Hawk: {
    client: {
      header(
        uri: string,
        method: string,
        options: {
          credentials: Credentials
          timestamp?: number
          nonce?: string
          payload?: Buffer
          contentType?: string
        },
      ): { header: string }
    }
    server: {
      authenticate(
        request: RequestLike,
        credentials: (id: string) => Promise<Credentials | undefined>,
        options: AuthenticateOptions,
      ): Promise<{ credentials: Credentials; artifacts: Artifacts }>
      /** Throws where the hash among the artifacts is not this payload's. */
      authenticatePayload(payload: Buffer, credentials: Credentials, artifacts: Artifacts, contentType: string): void
    }
  }
  export default Hawk
}
