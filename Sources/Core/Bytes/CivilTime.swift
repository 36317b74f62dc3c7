/// A day of the Gregorian calendar, also before it was in use. Years may be any that 64 bits of seconds can reach.
public struct CivilDate: Hashable, Sendable {
    public var year: Int64
    /// 1 to 12.
    public var month: Int
    /// From 1.
    public var day: Int

    /// 0000-03-01 in days before 1970-01-01. Years that begin in March have their leap day at the end.
    private static let marchOfYear0: Int64 = 719_468
    /// The days of 400 years, after which the calendar repeats.
    private static let daysOfEra: Int64 = 146_097

    public init(year: Int64, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    public init(daysSince1970 days: Int64) {
        let shifted = days + Self.marchOfYear0
        let era = shifted.floorDivided(by: Self.daysOfEra)
        let dayOfEra = shifted - era * Self.daysOfEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = Int((5 * dayOfYear + 2) / 153)
        day = Int(dayOfYear) - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// A day after the month's last counts into the next month.
    public var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.floorDivided(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = Int64((153 * shiftedMonth + 2) / 5 + day - 1)
        return era * Self.daysOfEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - Self.marchOfYear0
    }

    public static func isLeap(_ year: Int64) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    /// 28 to 31.
    public static func days(inMonth month: Int, of year: Int64) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A point in time as the calendar and the clock of UTC show it, in whole seconds.
public struct CivilTime: Hashable, Sendable {
    public var date: CivilDate
    public var hour: Int
    public var minute: Int
    public var second: Int

    private static let secondsOfDay: Int64 = 86_400

    public init(date: CivilDate, hour: Int, minute: Int, second: Int) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    public init(secondsSince1970 seconds: Int64) {
        let days = seconds.floorDivided(by: Self.secondsOfDay)
        // Not by way of a product, which could be below the smallest number.
        let remainder = Int(seconds % Self.secondsOfDay)
        let rest = remainder < 0 ? remainder + Int(Self.secondsOfDay) : remainder
        self.init(
            date: CivilDate(daysSince1970: days), hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60
        )
    }

    public var secondsSince1970: Int64 {
        date.daysSince1970 * Self.secondsOfDay + Int64((hour * 60 + minute) * 60 + second)
    }
}

extension Int64 {
    /// The quotient, rounded down; the divisor must be positive.
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
