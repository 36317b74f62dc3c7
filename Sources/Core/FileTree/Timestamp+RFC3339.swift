internal import Bytes

extension Timestamp {
    /// The time in UTC as RFC 3339 (section 5.6) writes it, in whole seconds: `2017-04-18T16:30:00Z`.
    public var rfc3339: String {
        let time = CivilTime(secondsSince1970: seconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let year = String(time.date.year)
        let padded = String(repeating: "0", count: max(0, 4 - year.count)) + year
        return "\(padded)-\(two(time.date.month))-\(two(time.date.day))"
            + "T\(two(time.hour)):\(two(time.minute)):\(two(time.second))Z"
    }
}
