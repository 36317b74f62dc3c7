import Bytes
import Host
import JSON
import Synchronization

/// What the user sees while a command works: one line that changes on a terminal, plain lines elsewhere.
/// Everything goes to standard error; standard output is for results.
final class Reporter: Sendable {
    enum Level: Int, Sendable { case quiet, normal, verbose }

    let level: Level
    /// True to print a JSON object per line, for programs.
    let isJSON: Bool
    private let isTerminal = HostEnvironment.isTerminal(2)
    private let hasStatusLine = Mutex(false)
    private let lastAmount = Mutex(HostClock.monotonicSeconds)

    init(level: Level, isJSON: Bool = false) {
        self.level = level
        self.isJSON = isJSON
    }

    /// Work that goes on: replaced by the next on a terminal, shown elsewhere only when verbose.
    func progress(_ text: String) {
        guard level != .quiet, !isJSON else { return }
        if isTerminal {
            put("\r\u{1B}[K\(text.printable.prefix(120))")
            hasStatusLine.withLock { $0 = true }
        } else if level == .verbose {
            put("\(text.printable)\n")
        }
    }

    /// How far long work is: as `progress` on a terminal; elsewhere now and then, for readers of a log.
    func amount(_ text: String) {
        guard level != .quiet, !isJSON else { return }
        if isTerminal { return progress(text) }
        let now = HostClock.monotonicSeconds
        let isDue = lastAmount.withLock { last in
            guard now - last >= Self.patience else { return false }
            last = now
            return true
        }
        if isDue { put("\(text.printable)\n") }
    }

    /// Seconds between two amounts in a log.
    private static let patience = 10.0

    /// Something to know.
    func note(_ text: String) {
        guard level != .quiet else { return }
        if isJSON { return put(["event": "note", "text": .text(text)]) }
        clear()
        put("\(text.printable)\n")
    }

    /// Only with `--verbose`.
    func detail(_ text: String) { if level == .verbose { note(text) } }

    /// An event for programs.
    func event(_ event: JSONObject) { if level != .quiet { put(event) } }

    /// Something that may be wrong; shown always.
    func warning(_ text: String) {
        if isJSON { return put(["event": "warning", "text": .text(text)]) }
        clear()
        put("warning: \(text.printable)\n")
    }

    /// Removes the changing line.
    func clear() {
        let wasShown = hasStatusLine.withLock { shown in
            defer { shown = false }
            return shown
        }
        if wasShown { put("\r\u{1B}[K") }
    }

    private func put(_ event: JSONObject) {
        put(String(decoding: JSONValue.object(event).encoded(.compact), as: UTF8.self) + "\n")
    }

    private func put(_ text: String) {
        var sink = DescriptorSink.standardError
        // Nobody is left to tell that standard error is gone.
        try? sink.write(Array(text.utf8))
    }
}
