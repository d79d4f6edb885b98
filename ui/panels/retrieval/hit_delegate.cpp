// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/hit_delegate.h"

#include <QPainter>
#include <QPainterPath>
#include <QTextLayout>
#include <QTextOption>
#include <algorithm>
#include <cmath>

#include "ui/models/hit_list_model.h"
#include "ui/panels/shared/picture_paint.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kPadding = 8;
constexpr int kLine = 16;     // of a caption
constexpr int kBarLine = 15;  // of a score
constexpr int kNumberWidth = 46;

int pictureHeight(int card_width) {
    return static_cast<int>(std::lround(card_width * 0.75));
}

/// Bar and number, the number's middle on the bar's.
void drawScore(QPainter& painter, const QRect& line, double fraction, const QString& text, const QColor& color,
               const QColor& track, const QColor& text_color) {
    ProgressBarThin::draw(painter, QRectF(line.left(), line.center().y() - 1, line.width() - kNumberWidth, 4), fraction,
                          color, track);
    painter.setFont(Theme::instance().font(TextRole::kMono));
    painter.setPen(text_color);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, text);
}

/// Rank, or what stands in its place; @return where the box ends
int drawRank(QPainter& painter, const QPoint& at, const QString& text) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const QFont font = theme.font(TextRole::kCaption);
    const QRectF box(at.x(), at.y(), std::max(16, QFontMetrics(font).horizontalAdvance(text) + 8), 16);
    painter.setPen(Qt::NoPen);
    painter.setBrush(p.dark ? p.window : p.text);
    painter.drawRoundedRect(box, 3, 3);
    painter.setFont(font);
    painter.setPen(p.dark ? p.text : p.panel);
    painter.drawText(box, Qt::AlignCenter, text);
    return static_cast<int>(box.right());
}

/// "+3" behind the rank of a hit with three pictures alike; "≈" before one of those.
void drawRank(QPainter& painter, const QPoint& at, int rank, const RetrievalHit& hit) {
    const int end = drawRank(painter, at, (hit.is_alike ? QStringLiteral("≈ ") : QString()) + QString::number(rank));
    if (hit.alike_count > 0 && !hit.unfolded)
        drawRank(painter, QPoint(end + 4, at.y()), QStringLiteral("+%1").arg(hit.alike_count));
}

/// The caption in at most `lines` lines, the last one shortened.
void drawCaption(QPainter& painter, const QRect& rect, const QString& text, int lines, const QFont& font) {
    painter.setFont(font);
    const QFontMetrics metrics(font);
    QTextLayout layout(text.simplified(), font);
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(wrap);
    layout.beginLayout();
    int y = rect.top();
    for (int i = 0; i < lines; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) break;
        line.setLineWidth(rect.width());
        const bool last = i + 1 == lines;
        const QString words = layout.text().mid(line.textStart(), last ? -1 : line.textLength());
        painter.drawText(QRect(rect.left(), y, rect.width(), kLine), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(words.trimmed(), Qt::ElideRight, rect.width()));
        y += kLine;
    }
    layout.endLayout();
}

void drawFrame(QPainter& painter, const QRect& rect, const QStyleOptionViewItem& option) {
    const Palette& p = Theme::instance().palette();
    const bool selected = option.state.testFlag(QStyle::State_Selected),
               hover = option.state.testFlag(QStyle::State_MouseOver);
    const qreal width = selected ? 2 : 1, inset = width / 2;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(selected ? p.accent : hover ? p.control_border : p.border, width));
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), metric::kRadius, metric::kRadius);
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter.setPen(QPen(p.accent, 2));
        painter.drawRoundedRect(QRectF(rect).adjusted(-3, -3, 3, 3), metric::kRadius + 3, metric::kRadius + 3);
    }
}

}  // namespace

HitCardDelegate::HitCardDelegate(const HitListModel& hits, PictureLoader& pictures, QObject* parent)
    : QStyledItemDelegate(parent), hits_(hits), pictures_(pictures) {
    connect(&hits, &QAbstractItemModel::modelReset, this, [this] { measured_width_ = -1; });
}

int HitCardDelegate::captionLines(int width) const {
    if (width == measured_width_) return measured_lines_;
    const QFontMetrics metrics(Theme::instance().font(TextRole::kTable));
    const auto& hits = hits_.result().hits;
    const bool two = std::any_of(hits.begin(), hits.end(), [&](const RetrievalHit& hit) {
        return metrics.horizontalAdvance(hit.text.simplified()) > width - 2 * kPadding;
    });
    measured_width_ = width;
    measured_lines_ = two ? 2 : 1;
    return measured_lines_;
}

int HitCardDelegate::heightFor(int width) const {
    return pictureHeight(width) + 6 + captionLines(width) * kLine + (hits_.result().reranked() ? 2 : 1) * kBarLine + 6;
}

void HitCardDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const RetrievalHit& hit = hits_.hit(index.row());
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const QRect card = option.rect;
    const bool hover = option.state.testFlag(QStyle::State_MouseOver);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QPainterPath outline;
    outline.addRoundedRect(QRectF(card), metric::kRadius, metric::kRadius);
    painter->setClipPath(outline);
    painter->fillRect(card, hover ? p.hover : p.panel);
    const QRect picture(card.left(), card.top(), card.width(), pictureHeight(card.width()));
    painter->fillRect(picture, Qt::white);
    paintPicture(*painter, picture.adjusted(12, 12, -12, -12), hit.image, pictures_);
    painter->setClipping(false);
    drawRank(*painter, picture.topLeft() + QPoint(kPadding, kPadding), index.row() + 1, hit);

    const int lines = captionLines(card.width());
    QRect line(card.left() + kPadding, picture.bottom() + 7, card.width() - 2 * kPadding, kLine * lines);
    painter->setPen(p.text);
    drawCaption(*painter, line, hit.text, lines, theme.font(TextRole::kTable));
    line = QRect(line.left(), line.bottom() + 1, line.width(), kBarLine);
    if (hits_.result().reranked()) {
        drawScore(*painter, line, hit.match.value_or(0), matchText(hit.match.value_or(0)), p.series[0], p.bar_track,
                  p.text);
        line.translate(0, kBarLine);
    }
    drawScore(*painter, line, hit.score / hits_.scale(), scoreText(hit.score), p.series[5], p.bar_track,
              hits_.result().reranked() ? p.muted : p.text);
    drawFrame(*painter, card, option);
    painter->restore();
}

HitRowDelegate::HitRowDelegate(const HitListModel& hits, PictureLoader& pictures, QObject* parent)
    : QStyledItemDelegate(parent), hits_(hits), pictures_(pictures) {}

void HitRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const RetrievalHit& hit = hits_.hit(index.row());
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const QRect row = option.rect;
    const bool hover = option.state.testFlag(QStyle::State_MouseOver);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QPainterPath outline;
    outline.addRoundedRect(QRectF(row), metric::kRadius, metric::kRadius);
    painter->setClipPath(outline);
    painter->fillRect(row, hover ? p.hover : p.panel);
    const QRect picture(row.left() + 40, row.top(), row.height(), row.height());
    painter->fillRect(picture, Qt::white);
    paintPicture(*painter, picture.adjusted(4, 4, -4, -4), hit.image, pictures_);
    painter->setClipping(false);
    painter->setFont(theme.font(TextRole::kMono));
    painter->setPen(p.muted);
    painter->drawText(QRect(row.left(), row.top(), 32, row.height()), Qt::AlignRight | Qt::AlignVCenter,
                      QString::number(index.row() + 1));

    const int scores = std::clamp(row.width() / 3, 140, 280);
    const QRect text(picture.right() + 13, row.top() + (row.height() - 2 * kLine) / 2,
                     row.right() - 12 - scores - picture.right() - 24, 2 * kLine);
    const QFont font = theme.font(TextRole::kBody);
    const bool one_line = QFontMetrics(font).horizontalAdvance(hit.text) <= text.width();
    painter->setPen(p.text);
    drawCaption(*painter, one_line ? text.adjusted(0, kLine / 2, 0, 0) : text, hit.text, one_line ? 1 : 2, font);
    const bool both = hits_.result().reranked();
    QRect line(row.right() + 1 - 12 - scores, row.top() + (row.height() - (both ? 2 : 1) * kLine) / 2, scores, kLine);
    if (both) {
        drawScore(*painter, line, hit.match.value_or(0), matchText(hit.match.value_or(0)), p.series[0], p.bar_track,
                  p.text);
        line.translate(0, kLine);
    }
    drawScore(*painter, line, hit.score / hits_.scale(), scoreText(hit.score), p.series[5], p.bar_track,
              both ? p.muted : p.text);
    drawFrame(*painter, row, option);
    painter->restore();
}

}  // namespace switchyard::ui
