import Bytes
import Glibc
import Testing

@Suite struct CivilTimeTests {
    @Test(
        "Known moments, both ways",
        arguments: [
            (0, "1970-1-1 0:0:0"), (-1, "1969-12-31 23:59:59"), (1_492_533_000, "2017-4-18 16:30:0"),
            (951_782_400, "2000-2-29 0:0:0"), (951_868_800, "2000-3-1 0:0:0"),
            (-2_203_891_200, "1900-3-1 0:0:0"), (253_402_300_799, "9999-12-31 23:59:59"),
            (-62_135_596_800, "1-1-1 0:0:0"), (-62_162_208_001, "0-2-27 23:59:59"),
        ] as [(Int64, String)])
    func moments(_ seconds: Int64, _ text: String) {
        let time = CivilTime(secondsSince1970: seconds)
        let date = time.date
        #expect(
            "\(date.year)-\(date.month)-\(date.day) \(time.hour):\(time.minute):\(time.second)" == text)
        #expect(time.secondsSince1970 == seconds)
    }

    @Test("The C library agrees, from the year -9999 to 9999")
    func agreesWithTheCLibrary() {
        for step in Int64(-1_000)...1_000 {
            let seconds = step * 377_684_321
            var clock = time_t(seconds)
            var parts = tm()
            gmtime_r(&clock, &parts)
            let time = CivilTime(secondsSince1970: seconds)
            #expect(time.date.year == Int64(parts.tm_year) + 1900)
            #expect(time.date.month == Int(parts.tm_mon) + 1 && time.date.day == Int(parts.tm_mday))
            #expect(time.hour == Int(parts.tm_hour) && time.minute == Int(parts.tm_min))
            #expect(time.second == Int(parts.tm_sec) && time.secondsSince1970 == seconds)
        }
    }

    @Test("The ends of what 64 bits of seconds can say")
    func extremes() {
        for seconds in [Int64.min, .max] {
            let date = CivilTime(secondsSince1970: seconds).date
            #expect((1...12).contains(date.month) && (1...31).contains(date.day))
        }
    }

    @Test("Months have the days that the calendar gives them")
    func months() {
        #expect((1...12).map { CivilDate.days(inMonth: $0, of: 2023) }.reduce(0, +) == 365)
        #expect(
            [1900, 2000, 2023, 2024, 0].map { CivilDate.days(inMonth: 2, of: $0) } == [28, 29, 28, 29, 29])
        #expect(CivilDate.days(inMonth: 4, of: 2024) == 30 && CivilDate.days(inMonth: 12, of: 2024) == 31)
    }
}
