internal import Dispatch
internal import Glibc

/// Signals that end the process: what was half written is removed first.
public enum Interrupts {
    /// From now on SIGINT, SIGTERM and SIGHUP remove pending files, say so, and end the process
    /// with 128 + the signal's number. A closed pipe becomes a write error instead of a signal.
    public static func install() {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                PendingFiles.removeAll()
                let message = "\nidentikit: interrupted; nothing half-written was left behind\n"
                _ = message.withCString { write(2, $0, strlen($0)) }
                _exit(128 + number)
            }
            source.resume()
            // The source lives as long as the process.
            _ = Unmanaged.passRetained(source as AnyObject)
        }
    }
}
