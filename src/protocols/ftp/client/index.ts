// An FTP client on one connection: for tests and the SDK.

export { FtpClient } from './client.ts'
export type { DataMode, FtpAnswered, FtpClientOptions, FtpCommand, FtpReady } from './options.ts'
export { factsIn, factLinesIn, featuresIn, listLinesIn, namesIn, pathIn, sizeIn, timeIn } from './results.ts'
export type { Download, TransferOutcome, TransferRequest, Upload } from './transfer.ts'
