// SPDX-License-Identifier: MIT
// The routing probe's rows: what comes back of them, how many bytes they take, what damaged ones are refused for; their
// record in run.db; routes as JSON.
#include <sqlite3.h>

#include <cmath>
#include <cstring>

#include "core/base/runs/probe_codec.h"
#include "core/base/runs/probe_record.h"
#include "core/base/runs/routes_json.h"
#include "support/made_routes.h"
#include "test_tools.h"

using namespace switchyard;
using test::madeRoutes;
using test::TempFolder;

namespace {

struct Case {
    const char* name;
    std::int64_t experts, choices;
    bool fewer;
    runs::ProbeWeights rule;
    bool all_floats, all;  ///< which logits are kept
};
// 39 bytes: a choice takes 3 (up to 127 experts) or 4; 8 experts * 4 = 32; 16 * 2 = 32.
const std::vector<Case> kCases = {
    {"switch of 8", 8, 1, false, runs::ProbeWeights::kStored, true, true},
    {"top2 of 8", 8, 2, false, runs::ProbeWeights::kStored, true, true},
    {"top2 of 16", 16, 2, false, runs::ProbeWeights::kStored, false, true},
    {"top2 of 512", 512, 2, false, runs::ProbeWeights::kStored, false, false},
    {"topk 4 of 64", 64, 4, false, runs::ProbeWeights::kShares, false, false},
    {"topk 8 of 256", 256, 8, false, runs::ProbeWeights::kShares, false, false},
    {"experts choose, 8", 8, 4, true, runs::ProbeWeights::kProbabilities, false, true},
    {"experts choose, 128", 128, 5, true, runs::ProbeWeights::kProbabilities, false, false},
    {"top2 of 40000", 40000, 2, false, runs::ProbeWeights::kStored, false, false},
};

/// Weights that follow from the logits where the rule says so.
runs::LayerRoutes routesFor(const Case& of, std::int64_t tokens) {
    runs::LayerRoutes routes = madeRoutes(tokens, of.experts, of.choices, 7, of.fewer);
    if (of.rule != runs::ProbeWeights::kProbabilities) return routes;
    for (std::size_t i = 0; i < routes.experts.size(); ++i) {
        const auto token = static_cast<std::int64_t>(i) / of.choices;
        if (routes.experts[i] < 0) continue;
        routes.dropped[i] = 0;
        routes.weights[i] = std::exp(routes.logits[static_cast<std::size_t>(token * of.experts + routes.experts[i])] -
                                     routes.log_sum_exp[static_cast<std::size_t>(token)]);
    }
    return routes;
}

bool refused(const std::vector<std::uint8_t>& bytes, const char* word = "") {
    try {
        runs::decodeProbe(bytes, "step 3");
    } catch (const Error& error) {
        return error.code() == ExitCode::kBadData && error.where() == "step 3" &&
               error.message().find(word) != std::string::npos;
    }
    return false;
}

runs::ProbeRow row(std::int64_t step, std::int64_t sample, std::uint64_t seed,
                   const char* layer = "fusion.blocks.0.moe") {
    return {step, layer, sample, runs::encodeProbe(madeRoutes(9, 8, 2, seed), runs::ProbeWeights::kStored)};
}

runs::ProbeSample sample(const std::string& text) {
    runs::ProbeSampleInfo info;
    info.id = "a";
    info.text = text;
    info.token_ids = {3, 4};
    info.tokens = {"a", "\xE2\x96\x81red"};
    info.patch_grid = 2;
    return {runs::toJson(info), {1, 2, 3}};
}

void run(const std::filesystem::path& file, const char* sql) {
    sqlite3* db = nullptr;
    QCOMPARE(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    QCOMPARE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
}

}  // namespace

class ProbeRecordTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void halvesAreRoundedToEven() {
        // 1 + 2^-11 lies between 1 and 1 + 2^-10: even is 1. 1 + 3 * 2^-11 goes up to 1 + 2^-9.
        QCOMPARE(runs::toHalf(1.0F), std::uint16_t{0x3c00});
        QCOMPARE(runs::toHalf(1.0F + 0x1p-11F), std::uint16_t{0x3c00});
        QCOMPARE(runs::toHalf(1.0F + 3 * 0x1p-11F), std::uint16_t{0x3c02});
        QCOMPARE(runs::toHalf(-2.5F), std::uint16_t{0xc100});
        QCOMPARE(runs::toHalf(0x1p-24F), std::uint16_t{1});
        QCOMPARE(runs::toHalf(1e9F), std::uint16_t{0x7bff});
        QVERIFY(std::isnan(runs::fromHalf(runs::toHalf(std::nanf("")))));
        for (std::uint32_t half = 0; half < 0x10000; ++half) {
            const float value = runs::fromHalf(static_cast<std::uint16_t>(half));
            if (std::isfinite(value)) QCOMPARE(runs::toHalf(value), static_cast<std::uint16_t>(half));
        }
    }

    void rowsComeBack() {
        for (const Case& of : kCases) {
            const runs::LayerRoutes routes = routesFor(of, 50);
            const runs::LayerRoutes back = runs::decodeProbe(runs::encodeProbe(routes, of.rule), "row");
            QVERIFY2(back.experts == routes.experts && back.dropped == routes.dropped, of.name);
            QCOMPARE(back.num_tokens, routes.num_tokens);
            QCOMPARE(back.text_tokens, routes.text_tokens);
            QCOMPARE(back.num_experts, routes.num_experts);
            QCOMPARE(back.num_choices, routes.num_choices);
            QVERIFY2(back.allLogits() == of.all, of.name);
            QCOMPARE(back.rounded, !of.all_floats);
            if (of.all_floats) QVERIFY2(back.logits == routes.logits, of.name);
            for (std::size_t i = 0; i < routes.weights.size(); ++i) {
                // Kept in 16 bits, or computed from logits whose half is off by 2^-9 at most where they are below 4.
                QVERIFY2(std::abs(back.weights[i] - routes.weights[i]) < (of.choices > 5 ? 5e-3F : 1e-5F), of.name);
            }
            for (std::int64_t t = 0; t < routes.num_tokens; ++t) {
                const auto at = static_cast<std::size_t>(t);
                QVERIFY2(std::abs(back.entropy[at] - routes.entropy[at]) < 1e-2F, of.name);
                QVERIFY2(std::abs(back.log_sum_exp[at] - routes.log_sum_exp[at]) < 5e-3F, of.name);
                const std::vector<float> full = back.tokenLogits(t);
                const float* real = routes.logits.data() + t * of.experts;
                double sum = 0, real_sum = 0;
                for (std::size_t e = 0; e < full.size(); ++e) {
                    sum += std::exp(full[e]);
                    real_sum += std::exp(real[e]);
                    // Best first as the router had them.
                    if (of.all && std::abs(full[e] - real[e]) > 8e-3F) QFAIL(of.name);
                }
                QVERIFY2(std::abs(sum / real_sum - 1) < 0.02 || of.choices > 5, of.name);
                for (std::int64_t m = 0; !of.all && m < back.num_logits; ++m) {
                    const std::int32_t e = back.logit_experts[static_cast<std::size_t>(t * back.num_logits + m)];
                    if (e >= 0)
                        QVERIFY2(
                            std::abs(back.logits[static_cast<std::size_t>(t * back.num_logits + m)] - real[e]) < 8e-3F,
                            of.name);
                }
            }
        }
    }

    void roundedLogitsKeepTheOrder() {
        // Differences far below a half's: 16 experts whose logits rise by 1e-6.
        runs::LayerRoutes routes = madeRoutes(2, 16, 2, 1);
        for (std::size_t i = 0; i < 32; ++i) routes.logits[i] = 3.0F + 1e-6F * static_cast<float>(i % 16);
        routes.experts = {15, 14, 15, 14};
        routes.summarise();
        const runs::LayerRoutes back = runs::decodeProbe(runs::encodeProbe(routes, runs::ProbeWeights::kStored), "row");
        for (std::int64_t t = 0; t < 2; ++t) {
            for (std::size_t e = 1; e < 16; ++e) {
                const float below = back.tokenLogits(t)[e - 1], above = back.tokenLogits(t)[e];
                const bool differ = routes.logits[e] > routes.logits[e - 1];
                QVERIFY(differ ? below < above : below == above);
            }
        }
    }

    void aTokenTakesLessThan40Bytes() {
        for (const Case& of : kCases) {
            if (of.experts > 0x8000) continue;     // ids of four bytes
            constexpr std::int64_t kTokens = 213;  // 16 of a text, 197 of a picture
            const double bytes = static_cast<double>(runs::encodeProbe(routesFor(of, kTokens), of.rule).size());
            QVERIFY2(bytes <= kTokens * runs::kProbeTokenBytes + runs::kProbeHeaderBytes, of.name);
            QVERIFY2(bytes / kTokens < 40, of.name);
        }
        // All logits of up to 16 experts, the best seven of 512: 2 chosen and 5 others.
        QCOMPARE(runs::decodeProbe(runs::encodeProbe(madeRoutes(9, 512, 2, 3), runs::ProbeWeights::kStored), "row")
                     .num_logits,
                 std::int64_t{7});
    }

    void damagedRowsAreRefused() {
        for (const Case& of : kCases) {
            if (of.experts > 0x8000) continue;
            const std::vector<std::uint8_t> good = runs::encodeProbe(routesFor(of, 5), of.rule);
            for (std::size_t size = 0; size < good.size(); ++size)
                QVERIFY2(refused({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}), of.name);
            std::vector<std::uint8_t> longer = good;
            longer.push_back(0);
            QVERIFY(refused(longer, "too long"));
            for (std::size_t i = 0; i < good.size(); ++i) {
                for (int bit = 0; bit < 8; ++bit) {
                    std::vector<std::uint8_t> bad = good;
                    bad[i] = static_cast<std::uint8_t>(bad[i] ^ (1U << bit));
                    QVERIFY2(refused(bad), of.name);
                }
            }
        }
        const std::vector<std::uint8_t> good = runs::encodeProbe(madeRoutes(5, 8, 2, 1), runs::ProbeWeights::kStored);
        QVERIFY(refused({}, "cut off"));
        QVERIFY(refused({good.begin(), good.end() - 1}, "cut off"));
        std::vector<std::uint8_t> other = good;
        other[0] = 9;
        QVERIFY(refused(other, "version 9"));
        other = good;
        other.back() ^= 1;
        QVERIFY(refused(other, "damaged"));
    }

    void incompleteRoutesAreNotWritten() {
        runs::LayerRoutes routes = madeRoutes(4, 8, 2, 1);
        routes.weights.pop_back();
        QVERIFY_THROWS_EXCEPTION(Error, runs::encodeProbe(routes, runs::ProbeWeights::kStored));
    }

    void theRecordHasEachStepOnce() {
        const TempFolder folder;
        const std::vector<runs::ProbeSample> samples = {sample("a red circle"), sample("\"quoted\"\n")};
        {
            runs::RunDbWriter writer(folder / "run.db");
            QVERIFY(!writer.setProbeSamples(samples));
            for (const std::int64_t step : {0, 1, 10, 20}) {
                for (const std::int64_t of : {0, 1}) {
                    writer.add(row(step, of, static_cast<std::uint64_t>(step + of), "text.blocks.1.moe"));
                    writer.add(row(step, of, static_cast<std::uint64_t>(step + of + 5)));
                }
            }
            writer.add({10, "text.blocks.1.moe", runs::kProbeBias, std::vector<std::uint8_t>(8 * sizeof(float))});
            writer.flush();
            QVERIFY2(!writer.failing(), writer.failure().c_str());
        }
        runs::ProbeRecord record(folder / "run.db");
        QCOMPARE(record.steps(), (std::vector<std::int64_t>{0, 1, 10, 20}));
        QCOMPARE(record.stepsAfter(1), (std::vector<std::int64_t>{10, 20}));
        QCOMPARE(record.layers(), (std::vector<std::string>{"text.blocks.1.moe", "fusion.blocks.0.moe"}));
        QCOMPARE(record.samples().size(), std::size_t{2});
        QCOMPARE(record.samples()[1].text, std::string("\"quoted\"\n"));
        QCOMPARE(record.samples()[0].tokens[1], std::string("\xE2\x96\x81red"));
        QCOMPARE(record.picture(1), (std::vector<std::uint8_t>{1, 2, 3}));
        QVERIFY(record.picture(7).empty());
        QVERIFY(record.routes(10, "text.blocks.1.moe", 1)->logits == madeRoutes(9, 8, 2, 11).logits);
        QCOMPARE(record.routes(10, "text.blocks.1.moe", 1)->bias.size(), std::size_t{8});
        QVERIFY(record.routes(20, "text.blocks.1.moe", 1)->bias.empty());
        QCOMPARE(record.routes(10, 1).size(), std::size_t{2});
        QCOMPARE(record.routes(10, 1)[1].layer, std::string("fusion.blocks.0.moe"));
        QVERIFY(!record.routes(11, "text.blocks.1.moe", 1));
        QVERIFY(!record.routes(10, "no.layer", 1));
        const std::int64_t before = record.generation();
        {
            // A resume from step 10 records 20 anew, and 10 is still there once.
            runs::RunDbWriter writer(folder / "run.db");
            writer.truncateAfter(10);
            QVERIFY(!writer.setProbeSamples(samples));
            writer.add(row(10, 0, 99, "text.blocks.1.moe"));
            writer.add(row(20, 0, 77));
        }
        QCOMPARE(record.steps(), (std::vector<std::int64_t>{0, 1, 10, 20}));
        QVERIFY(record.generation() != before);
        QVERIFY(record.routes(10, "text.blocks.1.moe", 0)->logits == madeRoutes(9, 8, 2, 99).logits);
        QCOMPARE(record.routes(10, 0).size(), std::size_t{2});
        QCOMPARE(record.routes(20, 1).size(), std::size_t{0});
        {
            // Other samples: nothing of the old ones stays.
            runs::RunDbWriter writer(folder / "run.db");
            QVERIFY(writer.setProbeSamples({sample("another")}));
        }
        QVERIFY(record.steps().empty());
        QCOMPARE(record.samples().size(), std::size_t{1});
    }

    void recordsWithoutAProbeAreEmpty() {
        const TempFolder folder;
        run(folder / "old.db",
            "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT); CREATE TABLE probes(id INTEGER PRIMARY KEY, step "
            "INTEGER, layer "
            "TEXT, sample INTEGER, data BLOB)");
        runs::ProbeRecord record(folder / "old.db");
        QVERIFY(record.steps().empty() && record.layers().empty() && record.samples().empty() &&
                !record.routes(0, "a", 0));
        QVERIFY_THROWS_EXCEPTION(Error, runs::ProbeRecord(folder / "none.db"));
    }

    void damagedRecordsSayWhere() {
        const TempFolder folder;
        {
            runs::RunDbWriter writer(folder / "run.db");
            writer.setProbeSamples({sample("a")});
            writer.add(row(5, 0, 1));
        }
        run(folder / "run.db",
            "UPDATE probes SET data = substr(data, 1, 40); UPDATE probe_samples SET info = '{\"id\": 3}'");
        runs::ProbeRecord record(folder / "run.db");
        try {
            record.routes(5, "fusion.blocks.0.moe", 0);
            QFAIL("read");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ExitCode::kBadData);
            QVERIFY(
                QString::fromStdString(error.where()).endsWith("run.db, step 5, layer fusion.blocks.0.moe, sample 0"));
        }
        QVERIFY_THROWS_EXCEPTION(Error, record.samples());
    }

    void jsonKeepsEveryBit() {
        for (const Case& of : kCases) {
            if (of.experts > 0x8000) continue;
            for (const runs::LayerRoutes& routes :
                 {routesFor(of, 11), runs::decodeProbe(runs::encodeProbe(routesFor(of, 11), of.rule), "row")}) {
                const runs::LayerRoutes back = runs::layerRoutes(nlohmann::json::parse(runs::toJson(routes).dump()));
                QVERIFY(back.experts == routes.experts && back.weights == routes.weights &&
                        back.dropped == routes.dropped);
                QVERIFY(back.logits == routes.logits && back.logit_experts == routes.logit_experts &&
                        back.entropy == routes.entropy);
                QCOMPARE(back.num_logits, routes.num_logits);
                QCOMPARE(back.rounded, routes.rounded);
            }
        }
        nlohmann::json object = runs::toJson(madeRoutes(3, 8, 2, 1));
        for (const auto& [key, value] : std::vector<std::pair<std::string, nlohmann::json>>{
                 {"chosen", "AAAA"},
                 {"weights", "not base64!"},
                 {"tokens", -1},
                 {"experts", 0},
                 {"choices", 9},
                 {"chosen", runs::toBase64("\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24)}}) {
            nlohmann::json bad = object;
            bad[key] = value;
            QVERIFY_THROWS_EXCEPTION(Error, runs::layerRoutes(bad));
        }
        object.erase("chosen");
        QVERIFY_THROWS_EXCEPTION(Error, runs::layerRoutes(object));
    }

    void base64ComesBack() {
        for (std::size_t size = 0; size < 70; ++size) {
            std::vector<std::uint8_t> bytes(size);
            for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(37 * i + size);
            QCOMPARE(runs::fromBase64(runs::toBase64(bytes.data(), size)), bytes);
        }
    }

    void summariesAndChangesAreCounted() {
        runs::LayerRoutes before;
        before.layer = "a";
        before.num_tokens = 3;
        before.text_tokens = 1;
        before.num_experts = 4;
        before.num_choices = 2;
        before.experts = {0, 1, 0, 2, 0, 1};
        before.dropped = {0, 0, 0, 0, 1, 0};
        before.weights.assign(6, 0.5F);
        before.entropy = {1, 2, 3};
        const runs::RouteSummary summary = runs::summaryOf(before);
        QCOMPARE(summary.load, (std::vector<std::int64_t>{3, 2, 1, 0}));
        QCOMPARE(summary.text_load, (std::vector<std::int64_t>{1, 1, 0, 0}));
        QCOMPARE(summary.dead, std::int64_t{1});
        QCOMPARE(summary.entropy, 2.0);
        QCOMPARE(summary.max_violation, 1.0);  // 3 over a mean of 1.5
        QCOMPARE(summary.dropped, 1.0 / 6.0);
        runs::LayerRoutes after = before;
        after.experts = {1, 0, 3, 0, 0, 1};  // another order; another expert; the same
        after.dropped = {0, 0, 0, 0, 0, 0};  // expert 0 of the last token was dropped before
        const runs::RouteChanges changes = runs::changesBetween(before, after);
        QCOMPARE(changes.choices, std::int64_t{1});
        QCOMPARE(changes.tokens, std::int64_t{1});
        QCOMPARE(changes.drops, std::int64_t{1});
        after.num_choices = 1;  // fewer choices: no new one, but other sets
        after.experts = {0, 0, 0};
        after.dropped = {0, 0, 1};
        QCOMPARE(runs::changesBetween(before, after).choices, std::int64_t{0});
        QCOMPARE(runs::changesBetween(before, after).tokens, std::int64_t{3});
    }

    void gatesFromWords() {
        nlohmann::json gate;
        for (const char* word : {"gate=topk", "top_k=3", "score=sigmoid", "capacity_factor=1.25", "drop=priority",
                                 "gumbel_eval=true", "temperature=2"})
            runs::addGateKey(&gate, word);
        const RunConfig::Moe moe = runs::withGate(RunConfig::Moe{}, gate);
        QCOMPARE(moe.gate, GateKind::kTopK);
        QCOMPARE(moe.top_k, std::int64_t{3});
        QCOMPARE(moe.score, RouterScore::kSigmoid);
        QCOMPARE(moe.eval_capacity_factor, 1.25);
        QCOMPARE(moe.drop, DropOrder::kPriority);
        QVERIFY(moe.gumbel_eval);
        QCOMPARE(runs::withGate(moe, {{"gate", "switch"}}).top_k, std::int64_t{1});
        QVERIFY(runs::gateJson(runs::withGate({}, runs::gateJson(moe))) == runs::gateJson(moe));
        const std::vector<nlohmann::json> wrong = {{{"gates", "topk"}},     {{"gate", "best"}},
                                                   {{"gate", 3}},           {{"gate", "switch"}, {"top_k", 2}},
                                                   {{"top_k", 1.5}},        {{"capacity_factor", -1}},
                                                   {{"gumbel_eval", "no"}}, {{"capacity_factor", "1"}},
                                                   {{"top_k", 0}},          nlohmann::json::array({"a"})};
        for (const nlohmann::json& bad : wrong) {
            try {
                runs::withGate(RunConfig::Moe{}, bad);
                QFAIL(bad.dump().c_str());
            } catch (const Error& error) {
                QCOMPARE(error.code(), ExitCode::kUsage);
            }
        }
        QVERIFY_THROWS_EXCEPTION(Error, runs::addGateKey(&gate, "topk"));
    }
};

QTEST_GUILESS_MAIN(ProbeRecordTest)
#include "probe_record_test.moc"
