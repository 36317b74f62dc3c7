internal import Bytes

/// Recognizes the dates that go-yaml reads as timestamps and therefore quotes when they are strings.
enum Timestamp {
    /// Matches `YYYY-M-D`, optionally followed by `T`, `t` or a space, `h:m:s`, an optional fraction
    /// and, after `T` or `t`, a zone (`Z` or `±hh:mm`).
    static func matches(_ text: String) -> Bool {
        var scanner = Scanner(rest: Substring(text).utf8)
        guard let year = scanner.number(digits: 4...4), scanner.take("-"),
            let month = scanner.number(digits: 1...2),
            scanner.take("-"), let day = scanner.number(digits: 1...2), (1...12).contains(month),
            (1...CivilDate.days(inMonth: month, of: Int64(year))).contains(day)
        else { return false }
        if scanner.rest.isEmpty { return true }
        let needsZone = scanner.take("T") || scanner.take("t")
        guard needsZone || scanner.take(" "), scanner.time() else { return false }
        if needsZone, !scanner.zone() { return false }
        return scanner.rest.isEmpty
    }

    private struct Scanner {
        var rest: Substring.UTF8View

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func number(digits: ClosedRange<Int>) -> Int? {
            let run = rest.prefix(digits.upperBound).prefix { (0x30...0x39).contains($0) }
            guard run.count >= digits.lowerBound else { return nil }
            rest = rest.dropFirst(run.count)
            return run.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        }

        mutating func time() -> Bool {
            guard let hour = number(digits: 1...2), take(":"), let minute = number(digits: 1...2), take(":"),
                let second = number(digits: 1...2), hour < 24, minute < 60, second < 60
            else { return false }
            if take(".") || take(",") { return number(digits: 1...18) != nil }
            return true
        }

        mutating func zone() -> Bool {
            if take("Z") { return true }
            guard take("+") || take("-"), let hour = number(digits: 2...2), take(":"),
                let minute = number(digits: 2...2)
            else { return false }
            return hour <= 24 && minute < 60
        }
    }
}
