// SPDX-License-Identifier: GPL-3.0-or-later
#include "guide_text.h"

#include <QRegularExpression>

namespace switchyard::test {
namespace {

/// One numbered entry of a list, its lines joined.
void readEntry(const QString& text, const QString& section, int line, QList<GuideStep>& steps) {
    static const QRegularExpression words(
        R"(Click \*\*(?<click>[^*]+)\*\*|Type `(?<typed>[^`]+)` into \*\*(?<field>[^*]+)\*\*|Press `(?<key>[^`]+)`)"
        R"(|Choose \*\*(?<entry>[^*]+)\*\* in \*\*(?<box>[^*]+)\*\*|\*\*(?<seen>[^*]+)\*\*)",
        QRegularExpression::CaseInsensitiveOption);
    for (auto it = words.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch found = it.next();
        const auto add = [&](GuideStep::Kind kind, const char* what, const char* value = nullptr) {
            steps.append({kind, found.captured(QLatin1String(what)),
                          value != nullptr ? found.captured(QLatin1String(value)) : QString(), section, line});
        };
        if (found.hasCaptured(u"click"))
            add(GuideStep::Kind::kClick, "click");
        else if (found.hasCaptured(u"typed"))
            add(GuideStep::Kind::kType, "field", "typed");
        else if (found.hasCaptured(u"key"))
            add(GuideStep::Kind::kPress, "key", "key");
        else if (found.hasCaptured(u"entry"))
            add(GuideStep::Kind::kChoose, "box", "entry");
        else
            add(GuideStep::Kind::kSee, "seen");
    }
}

}  // namespace

QList<GuideStep> guideSteps(const QString& markdown) {
    static const QRegularExpression entry(R"(^\d+\. (.*)$)"), picture(R"(^!\[[^\]]*\]\(([^)]+)\)$)");
    QList<GuideStep> steps;
    QString section, text;
    int number = 0, begun = 0;
    const auto end = [&] {
        if (!text.isEmpty()) readEntry(text, section, begun, steps);
        text.clear();
    };
    for (const QString& line : markdown.split(u'\n')) {
        ++number;
        if (const auto found = entry.match(line); found.hasMatch()) {
            end();
            text = found.captured(1);
            begun = number;
        } else if (!text.isEmpty() && line.startsWith(QStringLiteral("   "))) {
            text += u' ' + line.trimmed();
        } else {
            end();
            if (line.startsWith(QStringLiteral("## "))) section = line.mid(3);
            if (const auto shown = picture.match(line); shown.hasMatch())
                steps.append({GuideStep::Kind::kPicture, shown.captured(1), {}, section, number});
        }
    }
    end();
    return steps;
}

}  // namespace switchyard::test
