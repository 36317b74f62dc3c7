internal import Bytes
internal import Host

/// The header field `Retry-After` (RFC 9110 §10.2.3).
enum RetryAfter {
    /// Seconds from `now`, or from this machine's time if that is nil; nil for what is neither a number nor a date.
    static func seconds(_ text: String, now: Int64? = nil) -> Double? {
        let text = text.trimmingWhitespace()
        // More digits than a number can hold are more seconds than anybody waits.
        if let number = Double(text), text.utf8.allSatisfy("0123456789.".utf8.contains) {
            return min(number, Double(UInt32.max))
        }
        return date(text).map { Double(max(0, $0 - (now ?? HostClock.secondsSince1970))) }
    }

    /// Seconds since 1970 of a date as HTTP writes it today, `Sun, 06 Nov 1994 08:49:37 GMT`, or once did:
    /// `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994` (RFC 9110 §5.6.7).
    static func date(_ text: String) -> Int64? {
        var parts = text.split { " :,-".contains($0) }.map(String.init)
        // asctime: month and day precede the time, and the year follows it.
        if parts.count == 7, let year = parts.popLast() {
            parts = [parts[0], parts[2], parts[1], year] + parts[3...] + ["GMT"]
        }
        if parts.count == 8, parts[3].count == 2, let year = Int64(parts[3]) {
            parts[3] = "\(year < 70 ? 2000 + year : 1900 + year)"
        }
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard parts.count == 8, ["GMT", "UTC"].contains(parts[7]), let day = Int(parts[1]),
            let year = Int64(parts[3]), let month = months.firstIndex(of: parts[2]), let hour = Int(parts[4]),
            let minute = Int(parts[5]), let second = Int(parts[6]),
            (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let date = CivilDate(year: year, month: month + 1, day: day)
        return CivilTime(date: date, hour: hour, minute: minute, second: second).secondsSince1970
    }
}
