import Testing

@testable import Registry

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(firstDelay: 1, longestDelay: 10, longestRetryAfter: 60)

    @Test func waitsGrowUpToABound() {
        let longest = (1...8).map { policy.delay(afterFailures: $0, retryAfter: nil, chance: 1) }
        #expect(longest == [1, 2, 4, 8, 10, 10, 10, 10])
        let shortest = (1...4).map { policy.delay(afterFailures: $0, retryAfter: nil, chance: 0) }
        #expect(shortest == [0.5, 1, 2, 4])
        #expect(policy.delay(afterFailures: .max, retryAfter: nil, chance: 1) == 10)
    }

    @Test func theServersWishCountsWithinReason() {
        #expect(policy.delay(afterFailures: 1, retryAfter: 30, chance: 0) == 30.5)
        #expect(policy.delay(afterFailures: 3, retryAfter: 0, chance: 0) == 2, "no registry is hammered")
        #expect(policy.delay(afterFailures: 1, retryAfter: 61, chance: 0) == nil)
        #expect(RetryAfter.seconds("120") == 120)
        #expect(RetryAfter.seconds("soon") == nil)
        #expect(RetryAfter.seconds("-1") == nil)
        #expect(RetryAfter.seconds(" 7 ") == 7)
        #expect(RetryAfter.seconds("1.5") == 1.5)
        #expect(RetryAfter.seconds("99999999999999999999") == Double(UInt32.max))
        #expect(RetryAfter.seconds("infinity") == nil)
    }

    @Test func datesAreRead() {
        #expect(RetryAfter.date("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(RetryAfter.date("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(RetryAfter.date("Thu, 29 Feb 2024 23:59:59 GMT") == 1_709_251_199)
        #expect(RetryAfter.date("Fri, 01 Mar 2024 00:00:00 GMT") == 1_709_251_200)
        #expect(RetryAfter.date("Sun, 06 Nov 1994 08:49:37 CET") == nil)
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 0)
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_700) == 77)
        #expect(RetryAfter.date("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777)
        #expect(RetryAfter.date("Sun Nov  6 08:49:37 1994") == 784_111_777)
        #expect(RetryAfter.date("Friday, 01-Mar-24 00:00:00 GMT") == 1_709_251_200)
    }

    @Test func whatIsTemporary() {
        func failure(_ status: Int) -> AttemptError {
            AttemptError(.status(status, message: "", retryAfter: nil, hadCredentials: false))
        }
        for status in [408, 429, 500, 502, 503, 504] { #expect(failure(status).isTemporary) }
        for status in [400, 401, 403, 404, 405, 413, 501] { #expect(!failure(status).isTemporary) }
        // Rate limits that are told in words alone.
        for (status, words, isTemporary) in [
            (403, "TOOMANYREQUESTS: pull rate limit", true), (403, "API rate limit exceeded", true),
            (400, "toomanyrequests: Rate exceeded", true), (403, "DENIED: no", false),
            (404, "rate limit", false), (401, "rate limit", false),
        ] {
            let error = AttemptError(
                .status(status, message: words, retryAfter: nil, hadCredentials: false))
            #expect(error.isTemporary == isTemporary, "\(status) \(words)")
        }
    }
}
