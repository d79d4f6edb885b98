// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/route_words.h"

#include <QCoreApplication>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(RouteWords)
};

}  // namespace

QStringList choiceLines(const RoutedLayer& layer, int row) {
    QStringList lines;
    const std::vector<double> p = layer.probabilities(row);
    for (const RoutedChoice& choice : layer.choicesOf(row)) {
        QString line =
            Words::tr("%1: weight %2").arg(expertName(choice.expert), number(static_cast<double>(choice.weight), 3));
        if (!p.empty())
            line += Words::tr(", probability %1").arg(number(p[static_cast<std::size_t>(choice.expert)], 3));
        if (choice.dropped) line += Words::tr(", dropped");
        lines << line;
    }
    return lines;
}

}  // namespace switchyard::ui
