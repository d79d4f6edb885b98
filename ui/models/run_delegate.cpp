// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_delegate.h"

#include <QPainter>
#include <QSortFilterProxyModel>
#include <QWidget>
#include <algorithm>

#include "ui/models/run_list_model.h"
#include "ui/models/run_words.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/list_row.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

const runs::RunStatus* statusOf(const QModelIndex& index) {
    if (const auto* proxy = qobject_cast<const QSortFilterProxyModel*>(index.model()))
        return statusOf(proxy->mapToSource(index));
    const auto* model = qobject_cast<const RunListModel*>(index.model());
    return model != nullptr && index.row() < model->rowCount() ? &model->status(index.row()) : nullptr;
}

}  // namespace

QSize RunDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {metric::kLeftDock - 40, metric::kRunRow};
}

void RunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const runs::RunStatus* run = statusOf(index);
    if (run == nullptr) return;
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const QRect row = option.rect;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    paintRowGround(*painter, option);

    const QColor color = stateColor(run->state);
    theme.icon(stateIcon(run->state), color).paint(painter, QRect(row.left() + 12, row.top() + 10, 16, 16));

    const int left = row.left() + 36, right = row.right() - 11;
    const QFont name_font = [&] {
        QFont f = theme.font(TextRole::kBody);
        f.setWeight(QFont::DemiBold);
        return f;
    }();
    const QFont mono = theme.font(TextRole::kMono);
    const QFont table = theme.font(TextRole::kTable);
    const QFont caption = theme.font(TextRole::kCaption);

    const QRect line1(left, row.top() + 7, right - left, 22);
    painter->setFont(mono);
    painter->setPen(p.text);
    const QString loss = lossText(*run);
    const int loss_width = QFontMetrics(mono).horizontalAdvance(loss);
    painter->drawText(line1, Qt::AlignRight | Qt::AlignVCenter, loss);
    const bool alarmed = !run->alarms.empty();
    const QRect mark(line1.right() - loss_width - 22, line1.center().y() - 7, 16, 16);
    if (alarmed) {
        const bool serious = std::any_of(run->alarms.begin(), run->alarms.end(),
                                         [](const health::Alarm& alarm) { return health::isSerious(alarm.kind); });
        theme.icon(QStringLiteral("warning"), serious ? p.danger : p.warning).paint(painter, mark);
    }
    QString tag = run->tags.empty() ? QString() : QString::fromStdString(run->tags.front());
    if (run->tags.size() > 1) tag += QStringLiteral(" +%1").arg(run->tags.size() - 1);
    const int tag_width = tag.isEmpty() ? 0 : Chip::widthOf(tag) + 6;
    const QFontMetrics name_metrics(name_font);
    const int room = line1.width() - loss_width - 10 - (alarmed ? 22 : 0);
    const bool show_tag = tag_width > 0 && room - tag_width > 60;
    const QString name =
        name_metrics.elidedText(QString::fromStdString(run->name), Qt::ElideMiddle, room - (show_tag ? tag_width : 0));
    painter->setFont(name_font);
    painter->drawText(line1, Qt::AlignLeft | Qt::AlignVCenter, name);
    if (show_tag) {
        const int x = left + name_metrics.horizontalAdvance(name) + 6;
        Chip::draw(*painter, QRect(x, line1.top(), tag_width, line1.height()), tag, {},
                   selected ? p.control_border : p.border, p.muted);
    }

    const QRect line2(left, row.top() + 28, right - left, 16);
    painter->setFont(table);
    const QString outcome = outcomeText(*run);
    painter->setPen(run->state == runs::RunState::kFailed ? p.danger : p.muted);
    painter->drawText(line2, Qt::AlignRight | Qt::AlignVCenter, outcome);
    painter->setPen(p.muted);
    const int outcome_width = QFontMetrics(table).horizontalAdvance(outcome) + 8;
    painter->drawText(
        line2.adjusted(0, 0, -outcome_width, 0), Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetrics(table).elidedText(progressText(*run), Qt::ElideRight, line2.width() - outcome_width));

    const QString word = stateWord(run->state);
    const int word_width = QFontMetrics(caption).horizontalAdvance(word);
    const QRect line3(left, row.top() + 44, right - left, 16);
    painter->setFont(caption);
    painter->drawText(line3, Qt::AlignRight | Qt::AlignVCenter, word);
    const double fraction = run->state == runs::RunState::kFinished ? 1.0
                            : run->steps > 0 ? static_cast<double>(run->step) / static_cast<double>(run->steps)
                                             : 0.0;
    ProgressBarThin::draw(*painter, QRectF(left, line3.center().y() - 1, line3.width() - word_width - 8, 4), fraction,
                          color, selected ? p.panel : p.bar_track);
    paintRowFocus(*painter, option);
    painter->restore();
}

}  // namespace switchyard::ui
