// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/bar_rows.h"

#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/models/load_history.h"
#include "ui/panels/routing/route_paint.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRow = 22, kGap = 8;
constexpr double kBar = 8;

}  // namespace

BarRows::BarRows(const QString& name, QWidget* parent) : QWidget(parent) {
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void BarRows::setRows(const QList<BarRow>& rows, int experts) {
    rows_ = rows;
    experts_ = experts;
    QStringList words;
    for (const BarRow& row : rows)
        words << QStringLiteral("%1 %2 %3")
                     .arg(row.name.isEmpty() ? expertName(row.expert) : row.name, row.value, row.second)
                     .trimmed();
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

void BarRows::setNameWidth(int width) {
    name_width_ = width;
    update();
}

QSize BarRows::sizeHint() const {
    return {200, static_cast<int>(rows_.size()) * kRow};
}

QRect BarRows::rowRect(int row) const {
    return {0, row * kRow, width(), kRow};
}

void BarRows::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    QPainter painter(this);
    const QFont table = theme.font(TextRole::kTable), mono = theme.font(TextRole::kMono);
    const QFontMetrics numbers(mono);
    int value_width = 0, second_width = 0;
    for (const BarRow& row : rows_) {
        value_width = std::max(value_width, numbers.horizontalAdvance(row.value));
        second_width = std::max(second_width, numbers.horizontalAdvance(row.second));
    }
    for (int i = 0; i < rows_.size(); ++i) {
        const BarRow& row = rows_[i];
        const QRect place = rowRect(i);
        if (row.name.isEmpty()) {
            paintTag(painter, QPointF(place.left(), place.center().y() - kTagHeight / 2), row.expert, experts_,
                     TagStyle::kFilled);
        } else {
            painter.setFont(table);
            painter.setPen(p.text);
            painter.drawText(QRect(place.left(), place.top(), name_width_ - kGap, kRow), Qt::AlignVCenter,
                             QFontMetrics(table).elidedText(row.name, Qt::ElideRight, name_width_ - kGap));
        }
        int right = place.right() + 1;
        painter.setFont(mono);
        if (second_width > 0) {
            painter.setPen(p.muted);
            painter.drawText(QRect(right - second_width, place.top(), second_width, kRow),
                             Qt::AlignRight | Qt::AlignVCenter, row.second);
            right -= second_width + kGap;
        }
        painter.setPen(p.text);
        painter.drawText(QRect(right - value_width, place.top(), value_width, kRow), Qt::AlignRight | Qt::AlignVCenter,
                         row.value);
        right -= value_width + kGap;
        const QColor color = theme.expertColor(std::max(0, row.color_of >= 0 ? row.color_of : row.expert), experts_);
        const QRectF bar(place.left() + name_width_, place.center().y() - kBar / 2 + 0.5, right - name_width_, kBar);
        if (bar.width() > 8) ProgressBarThin::draw(painter, bar, std::clamp(row.share, 0.0, 1.0), color, p.bar_track);
    }
}

void BarRows::mousePressEvent(QMouseEvent* event) {
    for (int i = 0; i < rows_.size(); ++i) {
        if (rows_[i].expert < 0 || !rowRect(i).contains(event->position().toPoint())) continue;
        return Q_EMIT expertChosen(rows_[i].expert);
    }
    event->ignore();
}

}  // namespace switchyard::ui
