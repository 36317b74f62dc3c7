internal import Dispatch
internal import Glibc

/// Signals that end the process: what was half written is removed first.
public enum Interrupts {
    /// From now on SIGINT, SIGTERM and SIGHUP remove pending files, say so, and end the process
    /// with 128 + the signal's number. A closed pipe becomes a write error instead of a signal.
    /// `name` is what the process calls itself.
    public static func install(name: String) {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // What the caller has ignored stays ignored, as nohup(1) wants it.
            if isIgnored(signal(number, SIG_IGN)) { continue }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                PendingFiles.end(status: 128 + number) {
                    let lineEnd = HostEnvironment.isTerminal(2) ? "\n" : ""
                    let message = "\(lineEnd)\(name): interrupted; no output was left half-written\n"
                    _ = message.withCString { write(2, $0, strlen($0)) }
                }
            }
            source.resume()
            // The source lives as long as the process.
            _ = Unmanaged.passRetained(source as AnyObject)
        }
    }

    /// C's `SIG_IGN` is the number 1 where a function's address would be.
    private static func isIgnored(_ handler: __sighandler_t?) -> Bool {
        unsafeBitCast(handler, to: Int.self) == 1
    }
}
