internal import Bytes
internal import FileTree

// Fields as ECMA-119 chapter 7 has them.

extension [UInt8] {
    /// 7.2.3: 16 bits, least significant byte first, then most significant first.
    mutating func append(both value: UInt16) {
        append(little: value)
        append(big: value)
    }

    /// 7.3.3: 32 bits, least significant byte first, then most significant first.
    mutating func append(both value: UInt32) {
        append(little: value)
        append(big: value)
    }

    /// Replaces eight bytes by a field of 7.3.3.
    mutating func store(both value: UInt32, at offset: Int) {
        store(little: value, at: offset)
        store(big: value, at: offset + 4)
    }

    /// 7.4: text, filled with spaces to `length` bytes. It must fit.
    mutating func append(_ text: some Collection<UInt8>, filledTo length: Int) {
        append(contentsOf: text)
        append(contentsOf: repeatElement(0x20, count: length - text.count))
    }
}

/// A point in time as a calendar of UTC has it.
struct CalendarTime: Equatable {
    var year: Int64
    var month: UInt8
    var day: UInt8
    var hour: UInt8
    var minute: UInt8
    var second: UInt8

    /// 1900-01-01T00:00:00Z to 2155-12-31T23:59:59Z: the years of a directory record.
    static let recordRange: ClosedRange<Int64> = -2_208_988_800...5_869_583_999
    /// The years 1 to 9999 of a volume descriptor.
    static let volumeRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Seconds since 1970, clamped to `range`.
    init(_ time: Timestamp, in range: ClosedRange<Int64>) {
        let seconds = min(max(time.seconds, range.lowerBound), range.upperBound)
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        (hour, minute, second) = (UInt8(rest / 3600), UInt8(rest / 60 % 60), UInt8(rest % 60))
        // Years that begin in March have their leap day at the end, and eras of 400 of them are alike.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = UInt8(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = UInt8(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Seconds since 1970; nil if the fields are no time.
    static func seconds(
        year: Int64, month: UInt8, day: UInt8, hour: UInt8, minute: UInt8, second: UInt8
    ) -> Int64? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24,
            minute < 60,
            second < 60
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return days * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
    }
}

extension [UInt8] {
    /// 9.1.5: seven bytes, UTC.
    mutating func append(recordTime time: Timestamp) {
        let time = CalendarTime(time, in: CalendarTime.recordRange)
        append(contentsOf: [
            UInt8(time.year - 1900), time.month, time.day, time.hour, time.minute, time.second, 0,
        ])
    }

    /// 8.4.26.1: sixteen digits and the offset from UTC.
    mutating func append(volumeTime time: Timestamp) {
        let time = CalendarTime(time, in: CalendarTime.volumeRange)
        append(digits: time.year, count: 4)
        for field in [time.month, time.day, time.hour, time.minute, time.second] {
            append(digits: Int64(field), count: 2)
        }
        append(contentsOf: [0x30, 0x30, 0])
    }

    /// 8.4.26.1: a time that is not given.
    mutating func appendUnspecifiedVolumeTime() {
        append(contentsOf: repeatElement(0x30, count: 16))
        append(0)
    }

    private mutating func append(digits value: Int64, count: Int) {
        var divisor: Int64 = 1
        for _ in 1..<count { divisor *= 10 }
        while divisor > 0 {
            append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
