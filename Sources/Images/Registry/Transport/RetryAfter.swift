internal import Bytes
internal import Host

/// The header field `Retry-After` (RFC 9110 §10.2.3).
enum RetryAfter {
    /// Seconds from now; nil for what is neither a number nor a date.
    static func seconds(_ text: String) -> Double? {
        if let number = UInt32(text) { return Double(number) }
        return date(text).map { Double(max(0, $0 - HostClock.secondsSince1970)) }
    }

    /// Seconds since 1970 of a date as HTTP writes it today: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func date(_ text: String) -> Int64? {
        let parts = text.split { $0 == " " || $0 == ":" || $0 == "," }
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]), let year = Int64(parts[3]),
            let month = months.firstIndex(of: String(parts[2])), let hour = Int(parts[4]),
            let minute = Int(parts[5]), let second = Int(parts[6]),
            (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let date = CivilDate(year: year, month: month + 1, day: day)
        return CivilTime(date: date, hour: hour, minute: minute, second: second).secondsSince1970
    }
}
