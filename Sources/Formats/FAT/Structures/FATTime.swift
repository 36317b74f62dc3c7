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
        let ofDay = seconds % 86_400
        var days = seconds / 86_400 - Self.first / 86_400
        var year: Int64 = 1980
        while days >= Self.days(inYear: year) {
            days -= Self.days(inYear: year)
            year += 1
        }
        var month: Int64 = 1
        while days >= Self.days(inMonth: month, year) {
            days -= Self.days(inMonth: month, year)
            month += 1
        }
        date = UInt16(truncatingIfNeeded: (year - 1980) << 9 | month << 5 | (days + 1))
        time = UInt16(truncatingIfNeeded: (ofDay / 3600) << 11 | (ofDay / 60 % 60) << 5 | (ofDay % 60) / 2)
    }

    /// The point in time; parts that no calendar has, as a month 0, count as the first or last that it has.
    var timestamp: Timestamp {
        let year = Int64(date >> 9) + 1980
        let month = min(max(Int64(date >> 5 & 15), 1), 12)
        let day = min(max(Int64(date & 31), 1), Self.days(inMonth: month, year))
        var days = Self.first / 86_400 + day - 1
        for earlier in 1980..<year { days += Self.days(inYear: earlier) }
        for earlier in 1..<month { days += Self.days(inMonth: earlier, year) }
        let hour = min(Int64(time >> 11), 23)
        let minute = min(Int64(time >> 5 & 63), 59)
        let second = min(Int64(time & 31) * 2, 58)
        return Timestamp(seconds: days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func days(inYear year: Int64) -> Int64 { isLeap(year) ? 366 : 365 }

    private static func days(inMonth month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
