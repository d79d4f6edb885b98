// SPDX-License-Identifier: GPL-3.0-or-later
// Paints hits: a picture as a card, a text as a row.
#pragma once

#include <QStyledItemDelegate>

namespace switchyard::ui {

class HitListModel;
class PictureLoader;

/// Pictures on white with rank, caption and score bars; for a TileView on a HitListModel. Thread: GUI thread.
class HitCardDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    HitCardDelegate(const HitListModel& hits, PictureLoader& pictures, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    /// Height of all cards of this width: the longest caption decides between one line and two.
    int heightFor(int width) const;

private:
    int captionLines(int width) const;

    const HitListModel& hits_;
    PictureLoader& pictures_;
    // Measuring all captions for every card would be slow.
    mutable int measured_width_ = -1, measured_lines_ = 1;
};

/// Texts with the small picture they belong to.
class HitRowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    static constexpr int kHeight = 56;
    HitRowDelegate(const HitListModel& hits, PictureLoader& pictures, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const HitListModel& hits_;
    PictureLoader& pictures_;
};

}  // namespace switchyard::ui
