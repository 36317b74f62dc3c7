internal import Bytes
internal import FileTree

/// A date and a time as a directory entry has them (FAT specification, section 6.1), taken as UTC.
struct FATTime: Hashable, Sendable {
    /// Years since 1980 in seven bits, month in four, day in five.
    var date: UInt16
    /// Hours in five bits, minutes in six, half of the seconds in five.
    var time: UInt16

    /// 1980-01-01T00:00:00Z.
    static let first: Int64 = 315_532_800
    /// 2107-12-31T23:59:59Z.
    static let last: Int64 = 4_354_819_199

    init(date: UInt16, time: UInt16) {
        self.date = date
        self.time = time
    }

    /// Clamped to 1980 ... 2107, odd seconds and fractions floored.
    init(_ timestamp: Timestamp) {
        let seconds = min(max(timestamp.seconds, Self.first), Self.last)
        let time = CivilTime(secondsSince1970: seconds)
        date = UInt16(
            truncatingIfNeeded: (Int(time.date.year) - 1980) << 9 | time.date.month << 5 | time.date.day)
        self.time = UInt16(truncatingIfNeeded: time.hour << 11 | time.minute << 5 | time.second / 2)
    }

    /// The point in time; parts that no calendar has, as a month 0, count as the first or last that it has.
    var timestamp: Timestamp {
        let year = Int64(date >> 9) + 1980
        let month = min(max(Int(date >> 5 & 15), 1), 12)
        let day = min(max(Int(date & 31), 1), CivilDate.days(inMonth: month, of: year))
        let moment = CivilTime(
            date: CivilDate(year: year, month: month, day: day), hour: min(Int(time >> 11), 23),
            minute: min(Int(time >> 5 & 63), 59), second: min(Int(time & 31) * 2, 58))
        return Timestamp(seconds: moment.secondsSince1970)
    }
}
