// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/plan_words.h"

#include <QCoreApplication>
#include <QStringList>
#include <cmath>

#include "core/base/config/schema.h"
#include "ui/models/key_words.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(PlanWords)
};

}  // namespace

QList<PlanPart> planParts(const plan::Plan& plan) {
    const Theme& theme = Theme::instance();
    const auto series = [&](int index) { return theme.seriesPen(index).color(); };
    const plan::RankBytes &at = plan.at_peak, &most = plan.most;
    return {
        {Words::tr("Weights"), at.weights, most.weights, series(4)},
        {Words::tr("Gradients"), at.gradients, most.gradients, series(0)},
        {Words::tr("Optimizer"), at.optimizer, most.optimizer, series(6)},
        {Words::tr("Activations"), at.activations, most.activations, series(5)},
        {Words::tr("All-to-all"), at.all_to_all, most.all_to_all, series(3)},
        {Words::tr("Data"), at.data, most.data, series(2)},
        {Words::tr("Checkpoint copy"), at.checkpoint, most.checkpoint, series(7)},
        {Words::tr("Program"), at.process, most.process, theme.palette().control_border},
        {Words::tr("Kept for reuse"), at.kept, most.kept, theme.palette().plot_axis},
    };
}

QString countText(double count) {
    if (count >= 1e12) return Words::tr("%1 T").arg(number(count / 1e12, 2));
    if (count >= 1e9) return Words::tr("%1 G").arg(number(count / 1e9, 2));
    if (count >= 1e6) return Words::tr("%1 M").arg(number(count / 1e6, count >= 1e8 ? 0 : 1));
    return number(std::round(count), 0);
}

QString ranksText(int ranks) {
    return ranks == 1 ? Words::tr("1 rank") : Words::tr("%1 ranks").arg(ranks);
}

QString fitText(const plan::Plan& plan) {
    return plan.fits ? Words::tr("fits")
                     : Words::tr("does not fit, +%1").arg(planBytes(plan.needed_bytes - plan.memory_bytes));
}

QString planSentence(const plan::Plan& plan) {
    return Words::tr("%1 parameters, %2 a rank, %3")
        .arg(countText(static_cast<double>(plan.parameters.total())), planBytes(plan.peak_bytes), fitText(plan));
}

QString planBytes(double count) {
    constexpr double kTiB = 1024.0 * (1 << 30);
    return count >= 1000.0 * (1 << 30) ? Words::tr("%1 TiB").arg(number(count / kTiB, 1)) : bytes(count);
}

QString changeText(const plan::Alternative& alternative) {
    QStringList parts;
    for (const std::string& set : alternative.sets) {
        const std::size_t equals = set.find('=');
        const KeySpec* key = findKey(set.substr(0, equals));
        const QString name = key == nullptr ? QString::fromStdString(set.substr(0, equals)) : keyName(*key);
        parts << name + u' ' + QString::fromStdString(set.substr(equals + 1));
    }
    return parts.join(Words::tr(" and "));
}

QString setsText(const plan::Alternative& alternative) {
    QStringList sets;
    for (const std::string& set : alternative.sets) sets << QString::fromStdString(set);
    return sets.join(u' ');
}

}  // namespace switchyard::ui
