// SPDX-License-Identifier: MIT
// report.html: tables and plots as inline SVG, in the colours of the window's charts; light and dark by the reader's
// system.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>

#include "core/base/compare/comparison.h"

namespace switchyard::compare {
namespace {

constexpr std::array kDashes = {"", "7 4", "2 3", "9 3 2 3", "12 4", "4 2", "7 3 2 3 2 3", "6 3 1 3"};

constexpr const char* kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Switchyard comparison</title><style>
:root{--window:#E9ECF0;--panel:#FFFFFF;--border:#D3D8DF;--text:#1A1F26;--muted:#566171;--grid:#E6E9ED;--axis:#AEB6C0;--danger:#B3261E;
--s0:#0996F9;--s1:#7C2800;--s2:#509E14;--s3:#D064B9;--s4:#00515F;--s5:#7E6000;--s6:#6135A3;--s7:#AE5A68}
@media(prefers-color-scheme:dark){:root{--window:#14171C;--panel:#1B1F25;--border:#363E49;--text:#E3E7EC;--muted:#A0AAB8;--grid:#2A3038;--axis:#5A6573;--danger:#FF8A80;
--s0:#5EA9FD;--s1:#C55F1B;--s2:#B7E99F;--s3:#C073AE;--s4:#05DBF5;--s5:#F5B319;--s6:#7D67E7;--s7:#FF726D}}
body{margin:0;background:var(--window);color:var(--text);font:14px/1.5 system-ui,sans-serif}
main{max-width:1200px;margin:0 auto;padding:24px}
h1{font-size:20px;margin:0 0 4px}h2{font-size:15px;margin:0 0 8px}p{margin:4px 0 12px}
section{background:var(--panel);border:1px solid var(--border);border-radius:4px;padding:16px;margin-top:16px;overflow-x:auto}
.muted{color:var(--muted)}td .below{display:block;font-size:12px;color:var(--muted)}.named{display:inline-block;vertical-align:middle}.bad{color:var(--danger)}
table{border-collapse:collapse;width:100%}th,td{padding:4px 0 4px 16px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--border);font-variant-numeric:tabular-nums}
th{font-weight:600;color:var(--muted)}th:first-child,td:first-child{text-align:left;padding-left:0}tr:last-child td{border-bottom:0}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(440px,1fr));gap:16px}
svg{display:block;width:100%;height:auto}svg text{font-size:11px;fill:var(--muted)}
code{font-family:ui-monospace,monospace;font-size:12px;white-space:pre-wrap;overflow-wrap:anywhere}
.key{display:inline-block;width:28px;height:0;border-top:3px solid;vertical-align:middle;margin-right:8px}
</style></head><body><main>
)";

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

std::string number(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string minutes(double value) {
    return number(value, value < 0.995 ? 2 : 1);
}

/// 1,234,567
std::string grouped(std::int64_t value) {
    const std::string digits = std::to_string(value);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

/// Three digits and the power of a thousand: "1.23 T".
std::string scaled(double value) {
    constexpr std::array kUnits = {"", " k", " M", " G", " T", " P", " E"};
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < kUnits.size(); value /= 1000) ++unit;
    return number(value, value < 10 ? 2 : value < 100 ? 1 : 0) + kUnits[unit];
}

std::string colour(std::size_t series) {
    std::string text = "var(--s";
    text += static_cast<char>('0' + series % kDashes.size());
    return text + ")";
}

/// Round marks between two values, four to eight of them.
std::vector<double> marks(double low, double high) {
    const double rough = (high - low) / 5, power = std::pow(10.0, std::floor(std::log10(rough)));
    const double share = rough / power, step = power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
    std::vector<double> all;
    for (double at = std::ceil(low / step) * step; at <= high + step * 1e-9; at += step) all.push_back(at);
    return all;
}

struct Axis {
    double low, high, from, to;
    bool log = false;
    double at(double value) const {
        const double share = log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
        return from + share * (to - from);
    }
};

/// Powers of ten, and 2 and 5 times them where there are few.
std::vector<double> logMarks(double low, double high) {
    std::vector<double> all;
    const bool few = high / low < 300;
    for (double power = std::pow(10.0, std::floor(std::log10(low))); power <= high; power *= 10) {
        for (const double times : {1.0, 2.0, 5.0}) {
            if ((few || times == 1.0) && power * times >= low && power * times <= high) all.push_back(power * times);
        }
    }
    return all;
}

using Cost = std::function<double(const Point&)>;

std::string path(const std::vector<Point>& curve, const Cost& cost, const Axis& x, const Axis& y) {
    std::string d;
    for (const Point& point : curve)
        d += (d.empty() ? "M" : "L") + number(x.at(cost(point)), 1) + " " + number(y.at(point.quality), 1);
    return d;
}

/// Quality over a cost: each run a faint line, the mean a strong one.
std::string plot(const Comparison& comparison, const std::string& title, const std::string& unit, const Cost& cost,
                 const std::function<std::string(double)>& label) {
    constexpr double kWidth = 520, kHeight = 300, kLeft = 48, kRight = 12, kTop = 12, kBottom = 40;
    double least = 1e300, most = 0, low = 1e300, high = -1e300;
    for (const Candidate& candidate : comparison.candidates) {
        for (const Measured& run : candidate.runs) {
            for (const Point& point : run.curve) {
                if (!run.good() || cost(point) <= 0) continue;
                least = std::min(least, cost(point));
                most = std::max(most, cost(point));
                low = std::min(low, point.quality);
                high = std::max(high, point.quality);
            }
        }
    }
    std::string svg = "<div><h2>" + escaped(title) + "</h2>";
    if (least > most) return svg + "<p class=\"muted\">No run has an evaluation.</p></div>";
    const double room = std::max((high - low) * 0.06, 1e-4);
    const Axis x{least * 0.95, std::max(most * 1.05, least * 1.2), kLeft, kWidth - kRight, true},
        y{low - room, high + room, kHeight - kBottom, kTop};
    svg += "<svg role=\"img\" aria-label=\"" + escaped(title) + "\" viewBox=\"0 0 " + number(kWidth, 0) + " " +
           number(kHeight, 0) + "\">";
    const auto line = [&](double x1, double y1, double x2, double y2, const char* of) {
        svg += "<line x1=\"" + number(x1, 1) + "\" y1=\"" + number(y1, 1) + "\" x2=\"" + number(x2, 1) + "\" y2=\"" +
               number(y2, 1) + "\" stroke=\"var(--" + of + ")\"/>";
    };
    for (const double value : marks(y.low, y.high)) {
        line(x.from, y.at(value), x.to, y.at(value), "grid");
        svg += "<text text-anchor=\"end\" x=\"" + number(kLeft - 6, 0) + "\" y=\"" + number(y.at(value) + 4, 1) +
               "\">" + number(value, high - low < 0.05 ? 3 : 2) + "</text>";
    }
    for (const double value : logMarks(x.low, x.high)) {
        line(x.at(value), y.from, x.at(value), y.to, "grid");
        svg += "<text text-anchor=\"middle\" x=\"" + number(x.at(value), 1) + "\" y=\"" +
               number(kHeight - kBottom + 16, 0) + "\">" + label(value) + "</text>";
    }
    svg += "<text text-anchor=\"end\" x=\"" + number(x.to, 0) + "\" y=\"" + number(kHeight - 6, 0) + "\">" +
           escaped(unit) + "</text>";
    line(x.from, y.from, x.to, y.from, "axis");
    line(x.from, y.from, x.from, y.to, "axis");
    for (std::size_t i = 0; i < comparison.candidates.size(); ++i) {
        const Candidate& candidate = comparison.candidates[i];
        const auto draw = [&](const std::vector<Point>& curve, const char* width, const char* opacity) {
            svg += "<path fill=\"none\" stroke=\"" + colour(i) + "\" stroke-width=\"" + width + "\" stroke-opacity=\"" +
                   opacity + "\" stroke-dasharray=\"" + kDashes[i % kDashes.size()] + "\" d=\"" +
                   path(curve, cost, x, y) + "\"/>";
        };
        for (const Measured& run : candidate.runs) {
            if (run.good() && candidate.runs.size() > 1) draw(run.curve, "1", "0.35");
        }
        const std::vector<Point> mean = candidate.meanCurve();
        draw(mean, "2", "1");
        if (mean.empty()) continue;
        svg += "<circle r=\"4\" cx=\"" + number(x.at(cost(mean.back())), 1) + "\" cy=\"" +
               number(y.at(mean.back().quality), 1) + "\" fill=\"" + colour(i) + "\"><title>" +
               escaped(candidate.name) + ": " + number(mean.back().quality, 4) + "</title></circle>";
    }
    return svg + "</svg></div>";
}

/// "0.31 x", or a dash without a base.
std::string ratio(double value, double base) {
    return base > 0 && value > 0 ? number(value / base, 2) + " ×" : "–";
}

std::string keyOf(std::size_t i) {
    return "<span class=\"key\" style=\"border-color:" + colour(i) + ";border-top-style:" +
           (i == 0       ? "solid"
            : i % 2 == 1 ? "dashed"
                         : "dotted") +
           "\"></span>";
}

std::string below(const std::string& text) {
    return "<span class=\"below\">" + text + "</span>";
}

std::string resultsTable(const Comparison& comparison) {
    std::string html =
        "<table><tr><th>model</th><th>quality</th><th>parameters</th><th>active a token</th><th>training FLOPs</th>"
        "<th>minutes</th><th>ms a step</th><th>peak memory</th></tr>";
    const std::vector<Point> first_curve =
        comparison.candidates.empty() ? std::vector<Point>() : comparison.candidates.front().meanCurve();
    const Point first = first_curve.empty() ? Point{} : first_curve.back();
    const nlohmann::json all = toJson(comparison)["candidates"];
    for (std::size_t i = 0; i < comparison.candidates.size(); ++i) {
        const Candidate& candidate = comparison.candidates[i];
        const std::vector<Point> mean = candidate.meanCurve();
        html += "<tr><td>" + keyOf(i) + "<span class=\"named\"><b>" + escaped(candidate.name) + "</b>" +
                below(escaped(candidate.about)) + "</span></td>";
        if (mean.empty()) {
            html += "<td colspan=\"7\" class=\"bad\">" +
                    escaped(candidate.runs.empty() ? "not run" : candidate.runs.front().problem) + "</td></tr>";
            continue;
        }
        const auto cell = [&](const std::string& text, const std::string& under) {
            html += "<td>" + text + below(under) + "</td>";
        };
        const nlohmann::json& quality = all[i]["quality"];
        cell("<b>" + number(quality["mean"], 4) + "</b>",
             number(quality["least"], 4) + " – " + number(quality["most"], 4));
        const config::ParameterCounts &own = candidate.parameters, &of_first = comparison.candidates.front().parameters;
        cell(grouped(own.total()), ratio(static_cast<double>(own.total()), static_cast<double>(of_first.total())));
        cell(grouped(own.active), ratio(static_cast<double>(own.active), static_cast<double>(of_first.active)));
        cell(scaled(mean.back().flops), ratio(mean.back().flops, first.flops));
        cell(minutes(mean.back().minutes), ratio(mean.back().minutes, first.minutes));
        cell(number(candidate.meanStepMs(), 1),
             ratio(candidate.meanStepMs(), comparison.candidates.front().meanStepMs()));
        const auto bytes = static_cast<double>(candidate.peakBytes());
        cell(number(bytes / (1 << 20), 0) + " MiB",
             ratio(bytes, static_cast<double>(comparison.candidates.front().peakBytes())));
        html += "</tr>";
    }
    return html + "</table>";
}

std::string reachTable(const Comparison& comparison) {
    std::string html =
        "<table><tr><th>this model</th><th>is as good as</th><th>quality</th><th>after steps</th><th>FLOPs</th><th>of "
        "the other's</th><th>minutes</th><th>of the other's</th></tr>";
    for (std::size_t i = 0; i < comparison.candidates.size(); ++i) {
        const std::vector<Point> mean = comparison.candidates[i].meanCurve();
        for (std::size_t j = 0; j < comparison.candidates.size(); ++j) {
            const std::vector<Point> other = comparison.candidates[j].meanCurve();
            if (i == j || mean.empty() || other.empty()) continue;
            html += "<tr><td>" + keyOf(i) + escaped(comparison.candidates[i].name) + "</td><td>" +
                    escaped(comparison.candidates[j].name) + "</td><td>" + number(other.back().quality, 4) + "</td>";
            const std::optional<Point> at = firstReaching(mean, other.back().quality);
            if (!at) {
                html += "<td colspan=\"5\" class=\"muted\">not within its training (" + scaled(mean.back().flops) +
                        ", " + minutes(mean.back().minutes) + " min)</td></tr>";
                continue;
            }
            html += "<td>" + number(at->step, 0) + "</td><td>" + scaled(at->flops) + "</td><td>" +
                    ratio(at->flops, other.back().flops) + "</td><td>" + minutes(at->minutes) + "</td><td>" +
                    ratio(at->minutes, other.back().minutes) + "</td></tr>";
        }
    }
    return html + "</table>";
}

std::string runsTable(const Comparison& comparison) {
    std::string html = "<table><tr><th>run</th><th>seed</th><th>quality</th><th>minutes</th><th>ms a step</th></tr>";
    for (std::size_t i = 0; i < comparison.candidates.size(); ++i) {
        for (const Measured& run : comparison.candidates[i].runs) {
            html += "<tr><td>" + keyOf(i) + escaped(run.dir) + "</td><td>" + std::to_string(run.seed) + "</td>";
            if (run.good()) {
                html += "<td>" + number(run.curve.back().quality, 4) + "</td><td>" + minutes(run.curve.back().minutes) +
                        "</td><td>" + number(run.step_ms, 1) + "</td></tr>";
            } else {
                html += "<td colspan=\"3\" class=\"bad\">" + escaped(run.problem) + "</td></tr>";
            }
        }
    }
    return html + "</table>";
}

}  // namespace

std::string toHtml(const Comparison& comparison) {
    std::string html = kHead;
    html += "<h1>" + escaped(comparison.metric) + " under " + escaped(comparison.budget) + "</h1><p class=\"muted\">" +
            escaped(comparison.machine) + ", " + escaped(comparison.date) + "<br/><code>" +
            escaped(comparison.command) + "</code></p>";
    html += "<section><h2>What each model reached, and what it cost</h2>" + resultsTable(comparison) +
            "<p class=\"muted\">Mean of the seeds after the last step; × is the multiple of the first model. FLOPs are "
            "those of matrix products, forward and backward, "
            "of the tokens really seen. Minutes are those of training steps; evaluations and checkpoints do not "
            "count.</p></section>";
    html += "<section class=\"plots\">" +
            plot(
                comparison, "Quality over training FLOPs", "FLOPs", [](const Point& p) { return p.flops; }, scaled) +
            plot(
                comparison, "Quality over training minutes", "minutes", [](const Point& p) { return p.minutes; },
                [](double value) {
                    return number(value, value < 1 ? 2 : value < 10 ? 1 : 0);
                }) +
            "</section>";
    html += "<section><h2>What each needs to match the others</h2>" + reachTable(comparison) + "</section>";
    html += "<section><h2>Keys that differ from the file</h2>";
    for (const Candidate& candidate : comparison.candidates) {
        html += "<p><b>" + escaped(candidate.name) + "</b> <code>switchyard train --config " + escaped(candidate.file);
        for (const config::Override& override : candidate.overrides)
            html += " --set " + escaped(override.path + "=" + override.value);
        html += "</code></p>";
    }
    html += "</section><section><h2>Runs</h2>" + runsTable(comparison) + "</section></main></body></html>\n";
    return html;
}

}  // namespace switchyard::compare
