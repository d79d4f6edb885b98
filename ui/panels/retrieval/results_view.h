// SPDX-License-Identifier: GPL-3.0-or-later
// What a search found: head line with the times, legend, and the hits as cards or as rows.
#pragma once

#include <QWidget>

#include "ui/models/hit_list_model.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace switchyard::ui {

class ElidedLabel;
class HitCardDelegate;
class PictureBox;
class PictureLoader;
class TileView;

/// Thread: GUI thread.
class ResultsView : public QWidget {
    Q_OBJECT
public:
    explicit ResultsView(PictureLoader& pictures, QWidget* parent = nullptr);
    /// Shows it with the first hit selected.
    void setResult(const RetrievalResult& result);
    const HitListModel& hits() const { return hits_; }
    int currentRow() const;
    /// A search takes longer than a moment: says so in the head, with a way to cancel.
    void setSlow(bool slow);
    void focusHits();
    /// The pictures alike of a hit are shown behind it, or no more.
    void toggleFold(int row);

Q_SIGNALS:
    void currentChanged(int row);  ///< -1 = none
    void chosen(int row);          ///< Enter
    void opened(int row);          ///< space, double click
    void cancelled();

private:
    void updateHead();
    TileView* view() const;

    PictureLoader& pictures_;
    HitListModel hits_;
    QLabel* count_;
    ElidedLabel* times_;
    QPushButton* cancel_;
    QWidget* legend_;
    QStackedWidget* stack_;
    TileView* grid_;
    TileView* list_;
    PictureBox* query_picture_;
    ElidedLabel* query_name_;
    bool slow_ = false;
};

}  // namespace switchyard::ui
